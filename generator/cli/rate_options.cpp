#include "base/metrics/metrics_options.hpp"
#include "base/text/error.hpp"
#include "base/text/time_text.hpp"
#include "cli/options.hpp"

namespace kapacitor::generator {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t most_connections = 1000, most_threads = 256;
constexpr nanoseconds more_than_0{1};
constexpr choice<bool> stamps[] = {{"scheduled", false}, {"send", true}};
constexpr choice<bool> lags[] = {{"catchup", false}, {"skip", true}};

flag_value number_value(std::string shown, std::function<void(const std::string&)> parse) {
  auto made = parsed_value(std::move(shown), std::move(parse));
  made.type = flag_value::kind::number;
  return made;
}

void read_start(settings& s, const std::string& text) {
  s.start = parse_moment(text);
  if (s.start->from_now && s.start->ns == 0) s.start.reset();
}

void read_speed(settings& s, const std::string& text) {
  s.at_once = text == "max";
  if (text != "max" && text != "real") s.milli_speed = parse_factor(text);
}

/// A duration has a unit, a number of points has none, or k, M, G.
void read_backlog(settings& s, const std::string& text) {
  if (text == "0" || text.find_first_not_of("0123456789.kKMG") != text.npos) {
    s.backlog_age = parse_duration(text);
    return;
  }
  s.backlog_points = parse_count(text);
  s.backlog_age = nanoseconds::max();
}

void read_progress(settings& s, const std::string& text) {
  s.progress_everywhere = text != "auto" && text != "off";
  if (text != "auto")
    s.progress = text == "off" ? nanoseconds(0) : parse_duration(text, more_than_0);
}

void add_times(option_group& g, settings& s) {
  g.add("start", parsed_value("TIME", [&s](const std::string& t) { read_start(s, t); }),
        "time of the first point: now, -1h or RFC 3339")
      .by_default("now");
  g.add("end", parsed_value("TIME", [&s](const std::string& t) { s.end = parse_moment(t); }),
        "no points from then on: now, +1h or RFC 3339")
      .by_default("no limit");
  g.add("points", count_value(s.points), "stop after that many").by_default("no limit");
  g.add("duration", duration_value(s.duration), "stop after that long").by_default("no limit");
  g.add("timestamps", choice_value(s.stamp_when_sent, stamps),
        "of a point: when it is scheduled, or when it is made");
}

void add_pace(option_group& g, settings& s) {
  g.add("rate",
        number_value("POINTS/S", [&s](const std::string& t) { s.milli_rate = parse_rate(t); }),
        "of all series together")
      .by_default("one per series and second");
  g.add("interval", duration_value(s.interval, more_than_0), "between two points of a series")
      .by_default("1s")
      .never_with("rate");
  g.add("speed", number_value("FACTOR|max", [&s](const std::string& t) { read_speed(s, t); }),
        "how fast time passes; max: wait for nothing")
      .by_default("1");
  g.add("ramp", duration_value(s.ramp), "let the rate grow from 0 for that long");
  g.add("jitter", duration_value(s.jitter), "send later than scheduled, by up to that");
  g.add("on-lag", choice_value(s.skip_late, lags),
        "what to do with points that are late: make them, or not");
}

void add_requests(option_group& g, settings& s) {
  g.add("batch", count_value(s.batch, {.least = 1}), "most points in a request");
  g.add("max-batch-bytes", size_value(s.batch_bytes, {.least = 1}), "and most bytes");
  g.add("flush", duration_value(s.flush), "longest a point waits for others to join it");
  g.add("connections", count_value(s.connections, {1, most_connections}),
        "each with its own part of the series");
  g.add("threads", count_value(s.threads, {1, most_threads}), "that share the connections");
}

}  // namespace

void add_rate_options(option_rows& rows, settings& s) {
  option_group g(rows, "Rate");
  add_times(g, s);
  add_pace(g, s);
  add_requests(g, s);
}

void add_failure_options(option_rows& rows, settings& s) {
  option_group g(rows, "Failure");
  g.add("max-backlog",
        number_value("DURATION|N", [&s](const std::string& t) { read_backlog(s, t); }),
        "keep what cannot be sent: for that long, or that many points")
      .by_default(exact_duration(s.backlog_age));
  g.add("max-backlog-bytes", size_value(s.backlog_bytes), "but no more than that");
  g.add("max-errors", count_value(s.max_errors), "end after more rejected points; 0: never");
  // A pause of no length would have a server that is down asked without end.
  g.add("retry-initial", duration_value(s.retry.first, more_than_0),
        "longest pause before the first retry");
  g.add("retry-max", duration_value(s.retry.most, more_than_0),
        "and before any; it doubles up to there");
  g.add("max-retry-time", duration_value(s.max_retry_time), "give up after that long")
      .by_default("while generating never, then 30s");
  g.add("shutdown-timeout", duration_value(s.shutdown_timeout),
        "after Ctrl-C, time to send what is left");
  g.add("timeout", duration_value(s.timeout, more_than_0), "longest wait for one answer");
}

void add_report_options(option_rows& rows, settings& s) {
  option_group g(rows, "Report");
  g.add("summary", text_value("FILE", s.report), "write the summary as JSON; -: stdout");
  add_metrics_option(g, s.metrics);
  g.add("print", count_value(s.print), "show the first N lines as well");
  g.add("progress",
        parsed_value("DURATION|auto|off", [&s](const std::string& t) { read_progress(s, t); }),
        "how often to show it; auto: each second, on a terminal only")
      .by_default("auto");
  g.add("log-file", text_value("FILE", s.log_file), "log to this file, opened again on SIGHUP")
      .by_default("stderr");
  g.add("log-level", choice_value(s.level, log_levels), "lines from this level on");
  g.add("quiet", toggle_value(s.quiet), "tell only what goes wrong").with_letter('q');
}

}  // namespace kapacitor::generator
