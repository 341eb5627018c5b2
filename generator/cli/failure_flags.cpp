#include <string_view>

#include "cli/flags.hpp"

namespace kapacitor::generator {
namespace {

void read_backlog(settings& s, const std::string& t) {
  if (!t.empty() && std::string_view("0123456789kKMG").find(t.back()) != t.npos && t != "0") {
    s.backlog_points = parse_count(t);
    s.backlog_age = settings::nanoseconds::max();
  } else {
    s.backlog_age = parse_duration(t);
  }
}

/// A pause of no length would have a server that is down asked without end.
void read_pause(settings::nanoseconds& to, const std::string& t) {
  to = parse_duration(t);
  if (to.count() < 1) throw usage_error("must be more than 0");
}

}  // namespace

void add_failure_flags(CLI::App& app, settings& s) {
  flags f(app, "Failure");
  f.option("--max-backlog", "DURATION|N",
           "keep what cannot be sent: for that long, or that many (2m)",
           [&s](const std::string& t) { read_backlog(s, t); });
  f.option("--max-backlog-bytes", "SIZE", "but no more than that (256MiB)",
           [&s](const std::string& t) { s.backlog_bytes = parse_size(t); });
  f.count("--max-errors", "end after more rejected points than that (0: never)", s.max_errors);
  f.option("--retry-initial", "DURATION", "longest pause before the first retry (100ms)",
           [&s](const std::string& t) { read_pause(s.retry.first, t); });
  f.option("--retry-max", "DURATION", "and before any; it doubles up to there (5s)",
           [&s](const std::string& t) { read_pause(s.retry.most, t); });
  f.duration("--max-retry-time", "give up after that long (while generating never, then 30s)",
             s.max_retry_time);
  f.duration("--shutdown-timeout", "after Ctrl-C, time to send what is left (5s)",
             s.shutdown_timeout);
  f.duration("--timeout", "longest wait for one answer (10s)", s.timeout);
}

}  // namespace kapacitor::generator
