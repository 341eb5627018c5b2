#include "bench/command.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "connect/log.hpp"
#include "connect/udf_options.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host::bench {
namespace {

constexpr choice<field_kind> field_kinds[] = {{"double", field_kind::floating},
                                              {"int", field_kind::integer},
                                              {"string", field_kind::string},
                                              {"bool", field_kind::boolean},
                                              {"mixed", field_kind::mixed}};

void add_targets(option_rows& rows, arguments& a) {
  option_group g(rows, "Targets");
  add_where(g, a.socket, a.exec);
  g.add("vs", texts_value("COMMAND", a.peers), "another command to measure in turn with it");
  g.add("vs-socket", texts_value("PATH", a.peer_sockets), "another socket, likewise");
  g.add("vs-echo", toggle_value(a.echo), "and a plain echo of the bytes: the floor");
  add_opt(g, a.options);
  g.add("timeout", duration_value(a.timeout), "how long to wait for Info and Init");
}

void add_stream(option_rows& rows, arguments& a) {
  constexpr count_bounds some{.least = 1};
  option_group g(rows, "Stream");
  g.add("groups", count_value(a.groups, some), "by the tag \"host\"");
  g.add("tags", count_value(a.tags, some), "of each point");
  g.add("fields", count_value(a.fields, some), "of each point: value, value1, ...");
  g.add("field-type", choice_value(a.field_type, field_kinds), "of each field");
  g.add("batch-points", count_value(a.batch), "points in a batch; 0: single points");
  g.add("random-order", toggle_value(a.random_order), "of the groups, instead of in turn");
  g.add("connections", count_value(a.connections, some), "at once, each a task of its own");
  g.add("split-writes", toggle_value(a.split_writes),
        "each message in two writes, as Kapacitor does");
}

void add_rate(arguments& a, const std::string& text) {
  text == "max" ? void(a.full_speed = true)
                : a.rates.push_back(static_cast<double>(parse_rate(text)) / 1000);
}

void add_measuring(option_rows& rows, arguments& a) {
  option_group g(rows, "Measuring");
  auto rate = parsed_values(
      "POINTS/S|max", [&a] { a.full_speed = false, a.rates.clear(); },
      [&a](const std::string& t) { add_rate(a, t); });
  rate.type = flag_value::kind::number;
  g.add("rate", rate, "of an open loop; max: as fast as it can").by_default("max");
  g.add("duration", duration_value(a.duration, std::chrono::nanoseconds(1)), "of each round");
  g.add("rounds", count_value(a.rounds, {.least = 1}), "how often each is measured");
  g.add("snapshot", toggle_value(a.snapshots), "a snapshot of all groups, and its restore");
  g.add("idle", duration_value(a.idle), "count wake-ups for that long with nothing to do")
      .by_default("not measured");
  g.add("json", text_value("FILE", a.json_file), "every round's figures");
  add_log(g, a.log);
}

std::string name_of_command(const std::string& command) {
  const auto words = command + ' ';
  auto program = std::filesystem::path(words.substr(0, words.find(' '))).filename().string();
  // "kapacitor-udfd --stdio ewma" is better known by its function.
  const auto stdio = words.find("--stdio ");
  if (stdio == std::string::npos) return program;
  const auto at = stdio + std::string_view("--stdio ").size();
  return words.substr(at, words.find(' ', at) - at);
}

target of_socket(const std::string& path) {
  return {target::kind::socket, path, std::filesystem::path(path).stem().string(), false};
}
target of_command(const std::string& command) {
  return {target::kind::command, command, name_of_command(command), false};
}

/// Two of the same name could not be told apart.
void make_names_unique(std::vector<target>& all) {
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto same = [&](const target& t) { return t.name == all[i].name; };
    const auto before = all.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(all.begin(), before, same)) all[i].name += fmt::format("({})", i + 1);
  }
}

std::vector<target> targets_of(const arguments& a) {
  check_where(a.socket, a.exec);
  std::vector<target> all{a.socket.empty() ? of_command(a.exec) : of_socket(a.socket)};
  for (const auto& command : a.peers) all.push_back(of_command(command));
  for (const auto& path : a.peer_sockets) all.push_back(of_socket(path));
  if (a.echo) all.push_back({target::kind::echo, "", "echo", a.socket.empty()});
  make_names_unique(all);
  return all;
}

}  // namespace

option_command command(arguments& a) {
  option_command c{"bench", "measure a UDF: points/s, CPU, memory, latency", "", {}};
  add_targets(c.rows, a);
  add_stream(c.rows, a);
  add_measuring(c.rows, a);
  return c;
}

bench_settings settings_of(const arguments& a) {
  bench_settings s;
  s.targets = targets_of(a);
  s.setup.options = a.options;
  s.setup.patience = a.timeout;
  s.shape = {a.groups, a.tags, a.fields, a.field_type, a.batch, a.random_order};
  s.connections = a.connections;
  s.split_writes = a.split_writes;
  s.full_speed = a.full_speed || (a.rates.empty() && !a.snapshots && a.idle.count() == 0);
  s.rates = a.rates;
  s.snapshots = a.snapshots;
  s.idle = a.idle;
  s.duration = a.duration;
  s.rounds = a.rounds;
  require_folder("--json", a.json_file);
  s.json_file = a.json_file;
  return s;
}

int bench(const arguments& a) {
  start_log(a.log);
  try {
    return run_bench(settings_of(a));
  } catch (const rule_violation& why) {
    log().log(log_level::error,
              log_line("failed").add("rule", why.rule()).add("error", why.what()));
    return 1;
  }
}

}  // namespace kapacitor::udf::host::bench
