#include "bench/command.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/units.hpp"
#include "connect/log.hpp"
#include "drive/option_value.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host::bench {
namespace {

const std::map<std::string, field_kind> field_kinds = {{"double", field_kind::floating},
                                                       {"int", field_kind::integer},
                                                       {"string", field_kind::string},
                                                       {"bool", field_kind::boolean},
                                                       {"mixed", field_kind::mixed}};

void add_targets(CLI::App& app, arguments& a) {
  const auto group = "Targets";
  app.add_option("--socket", a.socket, "UNIX socket of the UDF; @NAME: abstract")->group(group);
  app.add_option("--exec", a.exec, "command, run by /bin/sh -c, that speaks on stdin and stdout")
      ->group(group);
  app.add_option("--vs", a.peers, "another command to measure in turn with it, repeatable")
      ->group(group)
      ->expected(1)
      ->take_all();
  app.add_option("--vs-socket", a.peer_sockets, "another socket, likewise")
      ->group(group)
      ->expected(1)
      ->take_all();
  app.add_flag("--vs-echo", a.echo, "and a plain echo of the bytes: the floor")->group(group);
  app.add_option("--opt", a.options, "NAME[=VALUE,...] as in run, for all of them")
      ->group(group)
      ->expected(1)
      ->take_all();
  app.add_option("--timeout", a.timeout, "how long to wait for Info and Init")
      ->group(group)
      ->capture_default_str();
}

void add_stream(CLI::App& app, arguments& a) {
  const auto group = "Stream";
  const auto number = [&](const char* name, std::size_t& to, const char* what) {
    app.add_option(name, to, what)->group(group)->capture_default_str();
  };
  number("--groups", a.groups, "by the tag \"host\"");
  number("--tags", a.tags, "of each point");
  number("--fields", a.fields, "of each point: value, value1, ...");
  app.add_option("--field-type", a.field_type, "double, int, string, bool or mixed")
      ->group(group)
      ->capture_default_str();
  number("--batch", a.batch, "points in a batch; 0: single points");
  app.add_flag("--random-order", a.random_order, "of the groups, instead of in turn")->group(group);
  number("--connections", a.connections, "at once, each a task of its own");
  app.add_flag("--split-writes", a.split_writes, "each message in two writes, as Kapacitor does")
      ->group(group);
}

void add_measuring(CLI::App& app, arguments& a) {
  const auto group = "Measuring";
  app.add_option("--rate", a.rates,
                 "points/s of an open loop, repeatable; max: as fast as it can (max)")
      ->group(group)
      ->expected(1)
      ->take_all();
  app.add_option("--duration", a.duration, "of each round")->group(group)->capture_default_str();
  app.add_option("--rounds", a.rounds)->group(group)->capture_default_str();
  app.add_flag("--snapshot", a.snapshots, "a snapshot of all groups, and its restore")
      ->group(group);
  app.add_option("--idle", a.idle, "count wake-ups for so long with nothing to do")->group(group);
  app.add_option("--json", a.json_file, "FILE for every round's figures")->group(group);
  app.add_option("--log-level", a.log_level, "debug tells of each round")->capture_default_str();
}

std::string name_of_command(const std::string& command) {
  const auto words = command + ' ';
  const auto program = std::filesystem::path(words.substr(0, words.find(' '))).filename().string();
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
  if (a.socket.empty() == a.exec.empty()) {
    throw usage_error("bench: give --socket PATH or --exec CMD, one of them");
  }
  std::vector<target> all{a.socket.empty() ? of_command(a.exec) : of_socket(a.socket)};
  for (const auto& command : a.peers) all.push_back(of_command(command));
  for (const auto& path : a.peer_sockets) all.push_back(of_socket(path));
  if (a.echo) all.push_back({target::kind::echo, "", "echo", a.socket.empty()});
  make_names_unique(all);
  return all;
}

void at_least(const char* flag, std::size_t given, std::size_t least) {
  if (given < least) {
    throw usage_error(fmt::format("{}: must be at least {}, got {}", flag, least, given));
  }
}

stream_shape shape_of(const arguments& a) {
  at_least("--groups", a.groups, 1);
  at_least("--tags", a.tags, 1);
  at_least("--fields", a.fields, 1);
  const auto kind = field_kinds.find(a.field_type);
  if (kind == field_kinds.end()) {
    throw usage_error(fmt::format(
        "--field-type: \"{}\" is none of double, int, string, bool, mixed", a.field_type));
  }
  return {a.groups, a.tags, a.fields, kind->second, a.batch, a.random_order};
}

double rate_of(const std::string& text) {
  double rate = 0;
  const auto end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, rate);
  if (error != std::errc() || read != end || !(rate > 0) || rate > 1e9) {
    throw usage_error(fmt::format("--rate: \"{}\" is neither max nor a number of points/s", text));
  }
  return rate;
}

}  // namespace

CLI::App* add_command(CLI::App& app, arguments& a) {
  auto* bench = app.add_subcommand("bench", "measure a UDF: points/s, CPU, memory, latency");
  add_targets(*bench, a);
  add_stream(*bench, a);
  add_measuring(*bench, a);
  return bench;
}

bench_settings settings_of(const arguments& a) {
  bench_settings s;
  s.targets = targets_of(a);
  for (const auto& text : a.options) {
    s.setup.options.push_back(with_context("--opt", [&] { return parse_option(text); }));
  }
  s.setup.patience = with_context("--timeout", [&] { return parse_duration(a.timeout); });
  s.shape = shape_of(a);
  at_least("--connections", a.connections, 1);
  s.connections = a.connections;
  s.split_writes = a.split_writes;
  s.full_speed = a.rates.empty() && !a.snapshots && a.idle.empty();
  for (const auto& text : a.rates) {
    text == "max" ? void(s.full_speed = true) : s.rates.push_back(rate_of(text));
  }
  s.snapshots = a.snapshots;
  if (!a.idle.empty()) s.idle = with_context("--idle", [&] { return parse_duration(a.idle); });
  s.duration = with_context("--duration", [&] { return parse_duration(a.duration); });
  if (s.duration.count() == 0) throw usage_error("--duration: must be above 0");
  at_least("--rounds", a.rounds, 1);
  s.rounds = a.rounds;
  s.json_file = a.json_file;
  return s;
}

int bench(const arguments& a) {
  start_log({with_context("--log-level", [&] { return parse_log_level(a.log_level); }), {}});
  try {
    return run_bench(settings_of(a));
  } catch (const rule_violation& why) {
    log().log(log_level::error,
              log_line("failed").add("rule", why.rule()).add("error", why.what()));
    return 1;
  }
}

}  // namespace kapacitor::udf::host::bench
