#include "cli/flags.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::uint64_t most_connections = 1000, most_threads = 256;

void add_times(flags& f, settings& s) {
  f.option("--start", "TIME", "time of the first point: now, -1h or RFC3339 (now)",
           [&s](const std::string& t) {
             s.start = parse_moment(t);
             if (s.start->from_now && s.start->ns == 0) s.start.reset();
           });
  f.option("--end", "TIME", "no points from then on: now, +1h or RFC3339 (no limit)",
           [&s](const std::string& t) { s.end = parse_moment(t); });
  f.count("--points", "stop after that many (no limit)", s.points);
  f.duration("--duration", "stop after that long (no limit)", s.duration);
  f.choice<bool>("--timestamps", "of a point: when it is scheduled, or when it is made (scheduled)",
                 s.stamp_when_sent, {{"scheduled", false}, {"send", true}});
}

void add_pace(flags& f, settings& s) {
  f.option("--rate", "POINTS/S", "of all series together (one per series and second)",
           [&s](const std::string& t) { s.milli_rate = parse_rate(t); });
  f.excludes(f.option("--interval", "DURATION", "between two points of a series (1s)",
                      [&s](const std::string& t) {
                        s.interval = parse_duration(t);
                        if (s.interval->count() < 1) throw usage_error("must be more than 0");
                      }),
             "--rate");
  f.option("--speed", "FACTOR|max", "how fast time passes; max: wait for nothing (1.0)",
           [&s](const std::string& t) {
             s.at_once = t == "max";
             if (t != "max" && t != "real") s.milli_speed = parse_factor(t);
           });
  f.duration("--ramp", "let the rate grow from 0 for that long (0s)", s.ramp);
  f.duration("--jitter", "send later than scheduled, by up to that (0s)", s.jitter);
  f.choice<bool>("--on-lag", "what to do with points that are late: make them, or not (catchup)",
                 s.skip_late, {{"catchup", false}, {"skip", true}});
}

void add_requests(flags& f, settings& s) {
  f.count("--batch", "most points in a request (5000)", s.batch, 1);
  f.option("--max-batch-bytes", "SIZE", "and most bytes (8MiB)", [&s](const std::string& t) {
    s.batch_bytes = parse_size(t);
    if (s.batch_bytes < 1) throw usage_error("must be more than 0");
  });
  f.duration("--flush", "longest a point waits for others to join it (100ms)", s.flush);
  f.count("--connections", "each with its own part of the series (1)", s.connections, 1,
          most_connections);
  f.count("--threads", "that share the connections (1)", s.threads, 1, most_threads);
}

}  // namespace

void add_rate_flags(CLI::App& app, settings& s) {
  flags f(app, "Rate");
  add_times(f, s);
  add_pace(f, s);
  add_requests(f, s);
}

}  // namespace kapacitor::generator
