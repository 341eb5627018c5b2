#include "doctor/function_check.hpp"

#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/text/choice.hpp"
#include "base/text/units.hpp"
#include "doctor/probe.hpp"
#include "doctor/program_path.hpp"

namespace kapacitor::udf::doctor {
namespace {

constexpr std::chrono::seconds answer_within(3);
/// Below, a machine that is busy for a moment ends tasks; above, nobody sees that one hangs.
constexpr std::chrono::nanoseconds least_timeout = std::chrono::seconds(2),
                                   most_timeout = std::chrono::minutes(2);

std::string subject(const function_entry& f) {
  return "function " + f.name;
}

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

/// What one has and the other has not: "it has no option size". Empty: nothing.
std::string difference(const host::udf_info& served, const host::udf_info& expected) {
  if (served.wants != expected.wants || served.provides != expected.provides)
    return "it takes or gives batches where that takes or gives single points, or the reverse";
  for (const auto& [name, types] : expected.options) {
    const auto found = served.options.find(name);
    if (found == served.options.end()) return "it has no option " + name;
    if (found->second != types) return "its option " + name + " has other arguments";
  }
  for (const auto& [name, types] : served.options) {
    if (!expected.options.contains(name))
      return "it has an option " + name + ", which that has not";
  }
  return {};
}

}  // namespace

host::udf_info info_of(const function& f) {
  host::udf_info info{f.wants, f.provides, {}};
  for (const auto& o : f.options) info.options[o.name] = o.types;
  return info;
}

const function* function_check::find(const std::string& name) const {
  const auto found = std::find_if(ready_made_.begin(), ready_made_.end(),
                                  [&](const auto& f) { return f.name == name; });
  return found == ready_made_.end() ? nullptr : &*found;
}

std::string function_check::meant(const std::string& name) const {
  std::vector<std::string> names;
  names.reserve(ready_made_.size());
  for (const auto& f : ready_made_) names.push_back(f.name);
  return suggestion(name, names);
}

known_functions function_check::check(const kapacitor_conf& conf) {
  known_functions known;
  if (conf.functions.empty()) {
    report_.warn("kapacitor.conf", "it names no functions",
                 "add [udf.functions.NAME], as kapacitor-udfd --describe NAME shows");
  }
  for (const auto& f : conf.functions) known[f.name] = check_one(f);
  check_shared(conf.functions);
  return known;
}

known_function function_check::check_one(const function_entry& f) {
  if (!check_keys(f)) return {};
  check_timeout(f);
  return f.socket.empty() ? check_program(f) : check_socket(f);
}

bool function_check::check_keys(const function_entry& f) {
  const bool both = !f.socket.empty() && !f.prog.empty();
  if (both || (f.socket.empty() && f.prog.empty())) {
    report_.error(subject(f),
                  f.where + ": it has " + (both ? "socket and prog" : "neither socket nor prog"),
                  "write one of the two; kapacitord does not start so");
    return false;
  }
  if (f.socket.empty() || (f.args.empty() && !f.has_env)) return true;
  report_.error(subject(f), f.where + ": args and env are for prog, and it has a socket",
                "remove them; kapacitord does not start so");
  return false;
}

void function_check::check_timeout(const function_entry& f) {
  const auto what = subject(f);
  if (!f.time_out || *f.time_out <= std::chrono::milliseconds(1)) {
    const auto is =
        f.timeout.empty() ? std::string("there is none") : "\"" + f.timeout + "\" is none";
    return report_.error(what, f.where + ": it needs a timeout above 1ms, and " + is,
                         "write timeout = \"10s\"; kapacitord does not start so");
  }
  if (*f.time_out < least_timeout) {
    report_.warn(
        what,
        fmt::format("{}: timeout {} ends a task if no answer comes for that long; Kapacitor "
                    "asks every {}",
                    f.where, f.timeout, short_duration(*f.time_out / 2)),
        "write timeout = \"10s\"");
  } else if (*f.time_out > most_timeout) {
    report_.warn(what,
                 fmt::format("{}: timeout {}: a function that hangs is not noticed for so long",
                             f.where, f.timeout),
                 "write timeout = \"10s\"; a function that is busy says so by itself");
  }
}

known_function function_check::check_socket(const function_entry& f) {
  if (f.socket.size() >= sizeof(sockaddr_un::sun_path)) {
    report_.error(subject(f),
                  fmt::format("{}: the path of a socket may have at most {} bytes", f.where,
                              sizeof(sockaddr_un::sun_path) - 1),
                  "take a shorter one, for kapacitor-udfd --socket-dir as well");
    return {};
  }
  const bool in_files = !f.socket.starts_with('@');
  if (in_files && !check_socket_file(f)) return {};
  // What answers there is of interest even if the user may not open it.
  const bool allowed = !in_files || check_user(f, access::use_socket, f.socket);
  auto known = ask(f);
  known.usable = known.usable && allowed;
  return known;
}

bool function_check::check_socket_file(const function_entry& f) {
  struct stat s {};
  if (::stat(f.socket.c_str(), &s) != 0) {
    const bool closed = errno == EACCES;
    const auto hint =
        find(f.name) ? "" : "; kapacitor-udfd has no function " + f.name + meant(f.name);
    report_.error(subject(f), f.socket + ": " + std::strerror(errno),
                  closed ? "call the doctor as root"
                         : "start kapacitor-udfd --socket-dir " + folder_of(f.socket) +
                               " before kapacitord, which waits for it up to 5 minutes" + hint);
    return false;
  }
  if (S_ISSOCK(s.st_mode)) return true;
  report_.error(subject(f), f.socket + " is no socket", "correct the path in " + f.where);
  return false;
}

bool function_check::check_user(const function_entry& f, access what, const std::string& path) {
  if (!user_) return true;
  const auto found = find_obstacle(*user_, what, path);
  if (!found.why.empty()) report_.error(subject(f), found.why, found.to_do);
  return found.why.empty();
}

known_function function_check::ask(const function_entry& f) {
  const auto answer = probe(f.socket, answer_within);
  if (!answer.problem.empty()) {
    report_.error(
        subject(f), "nobody serves " + f.socket + ": " + answer.problem,
        "start kapacitor-udfd --socket-dir " + folder_of(f.socket) + ", or see its log if it runs");
    return {};
  }
  compare(f, *answer.info);
  return {true, answer.info};
}

/// Info has no name: the options tell what it is.
void function_check::compare(const function_entry& f, const host::udf_info& info) {
  const auto* own = find(f.name);
  const auto differs = own ? difference(info, info_of(*own)) : std::string();
  if (differs.empty()) {
    return report_.ok(subject(f), fmt::format("{} is served{}", f.socket,
                                              own ? "" : "; it is none of kapacitor-udfd's own"));
  }
  for (const auto& other : ready_made_) {
    if (!difference(info, info_of(other)).empty()) continue;
    return report_.error(subject(f), f.socket + " serves " + other.name + ", not " + f.name,
                         "correct the path in " + f.where);
  }
  report_.warn(subject(f),
               fmt::format("{} serves another function than the {} of this kapacitor-udfd: {}",
                           f.socket, f.name, differs),
               "if the server is of another release, restart it, and kapacitord, which asks for "
               "options only at its start");
}

known_function function_check::check_program(const function_entry& f) {
  const auto path = find_program(f.prog);
  if (path.empty()) {
    report_.error(subject(f), fmt::format("{}: there is no program {}", f.where, f.prog),
                  "write the whole path of one that is there");
    return {};
  }
  if (!std::filesystem::is_regular_file(path)) {
    report_.error(subject(f), path + " is no program", "correct prog in " + f.where);
    return {};
  }
  if (!check_user(f, access::run, path)) return {};
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0 || (s.st_mode & 0111U) == 0) {
    report_.error(subject(f), path + " has no permission to be run", "chmod +x " + path);
    return {};
  }
  report_.ok(subject(f), path + " is there and may be run; what it serves is not asked");
  // A function of ours in a process of its own: its options are known without starting it.
  const auto stdio = std::find(f.args.begin(), f.args.end(), "--stdio");
  const auto* own =
      stdio == f.args.end() || stdio + 1 == f.args.end() ? nullptr : find(*(stdio + 1));
  return {true, own ? std::optional(info_of(*own)) : std::nullopt};
}

void function_check::check_shared(const std::vector<function_entry>& all) {
  std::map<std::string, std::string> seen;
  for (const auto& f : all) {
    if (f.socket.empty()) continue;
    const auto [first, is_new] = seen.emplace(f.socket, f.name);
    if (is_new) continue;
    report_.warn(subject(f),
                 fmt::format("{}: it has the socket of {}, {}", f.where, first->second, f.socket),
                 "give each its own, unless both names are to mean one function");
  }
}

}  // namespace kapacitor::udf::doctor
