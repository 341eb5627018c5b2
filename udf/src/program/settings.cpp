#include "program/settings.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor::udf::server {
namespace {

using places = option_row::places;

constexpr char agents_help[] =
    "In the file, a table makes a function of any program that speaks Kapacitor's protocol:\n"
    "  [agent.NAME]\n"
    "  exec = \"python3 /etc/kapacitor/f.py\"   # and: user, group, memory, cpu-time, cpus, "
    "nice\n"
    "A table sets for one ready-made function what flags set for all (also in [agent.NAME]):\n"
    "  [settings.NAME]\n"
    "  on-overload = \"drop-oldest\"             # and: queue-size\n\n";

constexpr char signals[] =
    "Signals: SIGINT and SIGTERM finish what has been received and end the program (a second one "
    "at once);\nSIGHUP opens the log file again and, if there are workers, puts the program that "
    "is in the "
    "file by\nthen in the place of this one and of them, without loss.\n";

flag_value mode_value(mode_t& to) {
  auto made = parsed_value("MODE", [&to](const std::string& t) { to = parse_mode(t); });
  made.standard = "0660";
  return made;
}

void add_sockets(option_rows& rows, settings& s) {
  option_group g(rows, "Sockets");
  g.add("threads", count_value(s.server.threads, {1, 1024}), "threads that work on connections")
      .by_default("one for each core");
  g.add("socket-mode", mode_value(s.server.access.mode), "permissions of the sockets, octal");
  g.add("socket-group", text_value("GROUP", s.server.access.group), "group of the sockets")
      .by_default("that of the process");
}

void add_limits(option_rows& rows, settings& s) {
  constexpr count_bounds sizes{1 << 10, 1 << 30};
  auto& session = s.server.session;
  option_group g(rows, "Limits");
  g.add("max-message", size_value(session.max_message, sizes),
        "largest message, both ways, except for snapshots");
  g.add("max-snapshot", size_value(session.max_snapshot, sizes),
        "largest snapshot of a task; one that is larger is not kept");
  g.add("max-groups", count_value(session.limits.max_groups, {1, std::uint64_t{1} << 32}),
        "groups that a task remembers; beyond that, those unused for longest start fresh");
  g.add(
       "group-ttl", duration_value(session.limits.group_ttl),
       "how long a task remembers a group that has no points, by their times and by the wall clock")
      .by_default("for ever");
  g.add("max-memory",
        size_value(s.limits.memory, {std::uint64_t{64} << 20, std::uint64_t{1} << 46}),
        "memory that a worker may take for its data; one that needs more is replaced")
      .by_default("no limit");
  g.add("max-busy", duration_value(s.server.heartbeats.max_busy),
        "how long a function may be busy before it counts as hung and Kapacitor's timeout stops "
        "its task");
  g.add("strict-restore", toggle_value(session.strict_restore),
        "refuse an unusable snapshot instead of starting fresh");
}

constexpr choice<supervise::isolation> isolations[] = {{"function", supervise::isolation::function},
                                                       {"task", supervise::isolation::task},
                                                       {"none", supervise::isolation::none}};
constexpr choice<journal::on_poison> poison_choices[] = {{"skip", journal::on_poison::skip},
                                                         {"fail", journal::on_poison::fail}};

constexpr char overload_help[] =
    "if points come faster than a function takes them: let Kapacitor wait, or drop points (of a "
    "batch: the whole batch)";
constexpr char queue_help[] = "points of a task that wait before some are dropped";
constexpr count_bounds queue_sizes{std::uint64_t{64} << 10, std::uint64_t{1} << 40};

void add_isolation(option_rows& rows, settings& s) {
  constexpr count_bounds sizes{1 << 20, std::size_t{1} << 40};
  option_group g(rows, "Isolation");
  g.add("isolate", choice_value(s.isolate, isolations),
        "what has a worker process of its own: each function, each task, or nothing (all in this "
        "process)");
  g.add(
      "journal-size", size_value(s.journal.journal_size, sizes),
      "points of a task kept since its last snapshot, to be given to the next worker if one dies");
  g.add("max-down", duration_value(s.journal.max_down),
        "how long workers may go on dying before their task is stopped");
  g.add("on-poison", choice_value(s.journal.poison, poison_choices),
        "a point or batch that kills its worker again and again: skip it, or stop the task");
  g.add("poison-dir", text_value("DIR", s.poison_dir), "folder where these points are kept")
      .by_default("/var/lib/kapacitor-udf, else the folder of the sockets");
  g.add("fd-store", toggle_value(s.fd_store),
        "have systemd keep Kapacitor's connections if this process dies; the unit needs "
        "FileDescriptorStoreMax=");
  g.add("on-overload", choice_value(s.journal.overload.policy, journal::overload_policies),
        overload_help);
  g.add("queue-size", size_value(s.journal.overload.queue_size, queue_sizes), queue_help);
}

/// The keys that say for one function what flags say for all.
void add_own(option_rows& rows, own_settings& own) {
  option_group g(rows, "Overload");
  auto policy = parsed_value("", [&own](const std::string& t) {
    own.policy = parse_choice(t, journal::overload_policies);
  });
  policy.allowed = names_of<journal::on_overload>(journal::overload_policies);
  g.add("on-overload", policy, overload_help);
  auto size = parsed_value(
      "SIZE", [&own](const std::string& t) { own.queue_size = parse_size(t, queue_sizes); });
  size.type = flag_value::kind::number;
  g.add("queue-size", size, queue_help);
}

/// The keys of [agent.NAME].
option_rows agent_rows(agent_settings& a) {
  option_rows rows;
  option_group g(rows, "Agent");
  g.add("exec", text_value("COMMAND", a.exec),
        "program that speaks Kapacitor's protocol on stdin and stdout, one for each task");
  g.add("user", text_value("USER", a.user), "who runs it").by_default("who runs this program");
  g.add("group", text_value("GROUP", a.group), "its group").by_default("the user's");
  g.add("memory", size_value(a.limits.memory, {std::uint64_t{1} << 20, std::uint64_t{1} << 46}),
        "memory that it may take for its data");
  g.add("cpu-time", duration_value(a.limits.cpu_time),
        "processor time that it may use, then it is replaced");
  auto cores = parsed_value("CORES", [&a](const std::string& t) {
    a.limits.cpus = static_cast<double>(parse_factor(t)) / 1000;
  });
  cores.type = flag_value::kind::number;
  g.add("cpus", cores, "cores that it may use, such as 0.5; needs cgroups");
  g.add("nice", count_value(a.limits.nice, {0, 19}), "how much others are preferred");
  add_own(rows, a.own);
  return rows;
}

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_';
  });
}

option_section agent_section(settings& s) {
  // Rows of a table must outlive it, and so must what they set.
  const auto rows = std::make_shared<std::map<std::string, option_rows>>();
  return {"agent", "NAME", "makes a function of any program that speaks Kapacitor's protocol",
          [&s, rows](const std::string& name) -> const option_rows& {
            if (!is_name(name))
              throw usage_error("a function's name has letters, digits and _ only");
            if (!rows->contains(name)) rows->emplace(name, agent_rows(s.agents[name]));
            return rows->at(name);
          }};
}

option_section own_section(settings& s, const std::vector<std::string>& functions) {
  const auto rows = std::make_shared<std::map<std::string, option_rows>>();
  return {"settings", functions.empty() ? "NAME" : functions.front(),
          "sets for one function what flags set for all",
          [&s, functions, rows](const std::string& name) -> const option_rows& {
            const bool known =
                std::find(functions.begin(), functions.end(), name) != functions.end();
            if (!functions.empty() && !known) {
              throw usage_error(in_quotes(name) + " is no ready-made function: write " +
                                listed(functions) + suggestion(name, functions));
            }
            if (!rows->contains(name)) add_own((*rows)[name], s.own[name]);
            return rows->at(name);
          }};
}

void add_log(option_rows& rows, settings& s) {
  option_group g(rows, "Log");
  g.add("log-level", choice_value(s.log.least, log_levels), "lines from this level on");
  g.add("log-file", text_value("FILE", s.log.file), "log to this file, opened again on SIGHUP")
      .by_default("stderr");
}

void add_common(option_table& t, settings& s) {
  t.version = version();
  t.footer = signals;
  add_sockets(t.rows, s);
  add_limits(t.rows, s);
  add_isolation(t.rows, s);
  add_log(t.rows, s);
}

}  // namespace

void add_file_limit(option_rows& rows, settings& s) {
  option_group g(rows, "Files");
  g.add("enrich-dir", text_value("DIR|none", s.enrich_dir),
        "let tasks read (enrich) only files below this folder, or none at all")
      .by_default("any file that this process may read");
}

option_table udfd_options(settings& s, const std::vector<std::string>& functions) {
  option_table t;
  t.program = "kapacitor-udfd";
  t.summary = "Serves user defined functions to Kapacitor, each on a UNIX socket DIR/NAME.sock.";
  t.variables = "KAPACITOR_UDFD";
  option_group what(t.rows, "What to serve");
  what.add("socket-dir", text_value("DIR", s.socket_dir), "folder of the sockets")
      .by_default(
          "/run/kapacitor-udf, else $XDG_RUNTIME_DIR/kapacitor-udf, else a folder in the "
          "temporary directory");
  auto served = texts_value("NAME", s.functions);
  served.separator = ',';
  served.known = functions;
  what.add("function", served, "serve this function").by_default("all");
  auto one = text_value("NAME", s.stdio);
  one.known = functions;
  what.add("stdio", one, "serve this one function on stdin and stdout, as Kapacitor's process");
  option_group show(t.rows, "What to show instead");
  show.add("list", toggle_value(s.asked.list), "list the functions").as(places::flag_only);
  auto described = parsed_value("NAME", [&s](const std::string& name) {
    s.asked.describe = true;
    s.asked.function = name;
  });
  described.known = functions;
  show.add("describe", described, "show all about a function: options, examples")
      .as(places::flag_only);
  show.add("markdown", toggle_value(s.asked.markdown), "with the above: as Markdown")
      .as(places::flag_only);
  add_common(t, s);
  add_file_limit(t.rows, s);
  t.sections.push_back(agent_section(s));
  t.sections.push_back(own_section(s, functions));
  t.footer = std::string(agents_help) + signals;
  return t;
}

option_table program_options(settings& s, const std::string& name, const std::string& summary) {
  option_table t;
  t.program = name;
  t.summary = summary.empty() ? "A user defined function for Kapacitor." : summary;
  t.variables = "KAPACITOR_UDF";
  option_group what(t.rows, "What to serve");
  what.add("listen", text_value("PATH", s.listen),
           "serve a UNIX socket instead of stdin and stdout");
  option_group show(t.rows, "What to show instead");
  show.add("describe", toggle_value(s.asked.describe),
           "show all about the function: options, examples")
      .as(places::flag_only);
  show.add("markdown", toggle_value(s.asked.markdown), "with the above: as Markdown")
      .as(places::flag_only);
  add_common(t, s);
  return t;
}

void check_together(const settings& s) {
  const auto& q = s.asked;
  if (q.list && q.describe) throw usage_error("--list and --describe exclude each other");
  if (q.markdown && !q.list && !q.describe) {
    throw usage_error("--markdown needs --list or --describe");
  }
  if (s.isolate == supervise::isolation::none) check_without_workers(s, "--isolate none");
}

void check_without_workers(const settings& s, const std::string& flag,
                           const std::string& function) {
  const auto check = [&](const std::string& where, journal::on_overload policy) {
    if (policy == journal::on_overload::block) return;
    throw usage_error(
        where + " " +
        std::string(name_of<journal::on_overload>(policy, journal::overload_policies)) +
        " needs workers: not with " + flag);
  };
  if (s.fd_store) throw usage_error("--fd-store needs workers: not with " + flag);
  check("--on-overload", s.journal.overload.policy);
  for (const auto& [name, own] : s.own) {
    if (function.empty() || name == function)
      check("[settings." + name + "]: on-overload", overload_of(s, own).policy);
  }
}

journal::overload_settings overload_of(const settings& s, const own_settings& own) {
  const auto& all = s.journal.overload;
  return {own.policy.value_or(all.policy), own.queue_size.value_or(all.queue_size)};
}

std::string version() {
  return KAPACITOR_UDF_VERSION;
}

}  // namespace kapacitor::udf::server
