#include "program/settings.hpp"

#include <array>
#include <cstdint>

#include "program/units.hpp"

namespace kapacitor::udf::server {
namespace {

using kind = setting::kind;
using text = const std::string&;

constexpr std::array<setting, 10> of_all{{
    {"threads", "N", kind::count, "threads that work on connections; default: one for each core",
     [](settings& s, text v) {
       s.server.threads = static_cast<unsigned>(parse_count(v, 1, 1024));
     }},
    {"socket-mode", "MODE", kind::text, "permissions of the sockets, octal; default: 0660",
     [](settings& s, text v) { s.server.access.mode = parse_mode(v); }},
    {"socket-group", "GROUP", kind::text, "group of the sockets; default: that of the process",
     [](settings& s, text v) { s.server.access.group = v; }},
    {"max-message", "SIZE", kind::size,
     "largest message, both ways, but for snapshots; default: 16MiB",
     [](settings& s, text v) { s.server.session.max_message = parse_size(v); }},
    {"max-snapshot", "SIZE", kind::size,
     "largest snapshot of a task; one that is larger is not kept; default: 1GiB",
     [](settings& s, text v) { s.server.session.max_snapshot = parse_size(v); }},
    {"max-groups", "N", kind::count,
     "groups that a task remembers; beyond, those unused for long start fresh; default: 1000000",
     [](settings& s, text v) {
       s.server.session.limits.max_groups = parse_count(v, 1, std::uint64_t{1} << 32);
     }},
    {"max-busy", "DURATION", kind::text,
     "how long a function may be busy before it is taken to hang and Kapacitor's time-out takes "
     "its "
     "course; default: 60s",
     [](settings& s, text v) { s.server.heartbeats.max_busy = parse_duration(v); }},
    {"strict-restore", "", kind::flag, "refuse an unusable snapshot instead of starting fresh",
     [](settings& s, text v) { s.server.session.strict_restore = v == "true"; }},
    {"log-level", "LEVEL", kind::text,
     "least level: trace, debug, info, warn, error; default: info",
     [](settings& s, text v) { s.log.least = parse_level(v); }},
    {"log-file", "FILE", kind::text, "log to this file, opened anew on SIGHUP; default: stderr",
     [](settings& s, text v) { s.log.file = v; }},
}};

constexpr std::array<setting, 3> of_udfd{{
    {"socket-dir", "DIR", kind::text,
     "folder of the sockets; default: /run/kapacitor-udf, else $XDG_RUNTIME_DIR/kapacitor-udf, "
     "else "
     "a folder in the temporary directory",
     [](settings& s, text v) { s.socket_dir = v; }},
    {"function", "NAME", kind::list, "serve this function; may be repeated; default: all",
     [](settings& s, text v) { s.functions.push_back(v); }},
    {"stdio", "NAME", kind::text,
     "serve this one function on stdin and stdout, as Kapacitor's process",
     [](settings& s, text v) { s.stdio = v; }},
}};

constexpr std::array<setting, 1> of_single{{
    {"listen", "PATH", kind::text, "serve a UNIX socket instead of stdin and stdout",
     [](settings& s, text v) { s.listen = v; }},
}};

}  // namespace

std::span<const setting> common_settings() {
  return of_all;
}
std::span<const setting> udfd_settings() {
  return of_udfd;
}
std::span<const setting> single_settings() {
  return of_single;
}

}  // namespace kapacitor::udf::server
