// Says once a minute how many points all groups had together, and at the end of the input what is
// left: one instance for the whole task, the clock, and the end.
//   stream|from().groupBy(*)@throughput()|influxDBOut().database('monitor')
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct throughput {
  static constexpr auto scope = udf::scope::per_task;

  void on_point(const udf::point& p, udf::emitter&) {
    ++points;
    newest = p.time();
  }

  void on_time(udf::timestamp now, udf::emitter& out) {  // once a second, also if nothing comes
    if (!due) due = now + std::chrono::minutes(1);
    if (now < *due) return;
    report(now, out);
    due = now + std::chrono::minutes(1);
  }

  void on_finish(udf::emitter& out) {  // a replay has ended, or the input of an engine
    if (points > 0) report(newest, out);
  }

  void report(udf::timestamp time, udf::emitter& out) {
    out.emit({.name = "throughput"}, time, {{"points", std::exchange(points, 0)}});
  }

  auto state() { return std::tie(points, newest); }

  std::int64_t points = 0;
  udf::timestamp newest{};
  std::optional<udf::timestamp> due;
};

int main(int argc, char** argv) {
  return udf::run<throughput>("throughput", argc, argv);
}
