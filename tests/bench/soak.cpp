#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/process_memory.hpp"
#include "support/ready_made.hpp"
#include <kapacitor/udf/engine.hpp>

// Whether functions work without end: soak [POINTS [FUNCTION]] feeds each ready-made function, in
// each of its settings, so many points (or as many as the environment's SOAK_POINTS says), and
// compares what it says of the last ones with what a fresh one says that has seen the recent ones.
// And whether the memory stays level, and alarms come as often at the end as in the beginning.
namespace kapacitor::udf::bench {
namespace {

constexpr std::uint64_t groups = 4, batch_size = 100;
constexpr std::uint64_t recent = 200'000, compared = 4'000;
constexpr std::uint64_t stretch = 4'000'000;  // of which alarms are counted, at each end

/// The i-th value, the same whoever asks: noise, a slow wave, and something far out now and then.
double noise(std::uint64_t i) {
  auto h = (i + 1) * 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
  return static_cast<double>((h ^ (h >> 32)) >> 11) * 0x1p-53;
}
double value_of(std::uint64_t i) {
  const auto second = static_cast<double>(i / groups % 86'400);
  const double wave = second < 43'200 ? second : 86'400 - second;
  return (i / groups % 10'007 == 0 ? 1e6 : 20) + 10 * noise(i) + wave / 8'640;
}

/// The largest difference of a field, as a part of its largest value.
struct difference {
  double largest = 0, value = 0;
  double part() const { return largest == 0 ? 0 : largest / value; }
};

/// A function at work on the stream from some point on.
class subject {
 public:
  explicit subject(const test::setting& s)
      : function_(test::ready_made(s.function)),
        engine_(function_, s.options, [this](const result& r) { take(r); },
                {.group_by = {.tags = {"host"}}}) {}

  void feed(std::uint64_t from, std::uint64_t to) {
    function_.wants == edge::batch ? feed_batches(from, to) : feed_points(from, to);
  }
  /// Fields that are true in the answers to these, by name.
  std::map<std::string, std::uint64_t> alarms(std::uint64_t from, std::uint64_t to) {
    alarms_.clear();
    feed(from, to);
    return alarms_;
  }
  /// The numbers of the answers to these, in order, by field.
  std::map<std::string, std::vector<double>> answers(std::uint64_t from, std::uint64_t to) {
    records_ = true;
    feed(from, to);
    records_ = false;
    return std::move(said_);
  }

 private:
  void feed_points(std::uint64_t from, std::uint64_t to) {
    for (auto i = from; i < to; ++i) add(i, i % groups);
  }
  void feed_batches(std::uint64_t from, std::uint64_t to) {
    for (auto i = from; i + batch_size <= to; i += batch_size) {
      const tag host{"host", hosts[i / batch_size % groups]};
      engine_.begin_batch({.name = "cpu", .tags = {&host, 1}, .size = batch_size});
      for (auto k = i; k < i + batch_size; ++k) add(k, i / batch_size % groups);
      engine_.end_batch(time_of(i + batch_size));
    }
  }
  void add(std::uint64_t i, std::uint64_t group) {
    const tag host{"host", hosts[group]};
    const field fields[] = {{"value", value_of(i)}, {"value1", noise(i + 77)}};
    engine_.add({.name = "cpu", .tags = {&host, 1}, .fields = fields, .time = time_of(i)});
  }
  static timestamp time_of(std::uint64_t i) {
    return timestamp(std::chrono::seconds(1'600'000'000 + static_cast<std::int64_t>(i / groups)));
  }
  void take(const result& r) {
    for (const auto& f : r.fields) {
      if (f.value.boolean().value_or(false)) ++alarms_[std::string(f.name)];
      if (!records_) continue;
      if (const auto x = f.value.number()) said_[std::string(f.name)].push_back(*x);
    }
  }

  static constexpr std::string_view hosts[] = {"a", "b", "c", "d"};
  function function_;
  bool records_ = false;
  std::map<std::string, std::vector<double>> said_;
  std::map<std::string, std::uint64_t> alarms_;
  engine engine_;
};

difference difference_of(const std::vector<double>& got, const std::vector<double>& expected) {
  difference d;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    d.value = std::max(d.value, std::abs(expected[i]));
    d.largest = std::max(d.largest, i < got.size() ? std::abs(got[i] - expected[i]) : HUGE_VAL);
  }
  return d;
}

/// "field 1.0e-12, ..." of all that differ at all.
std::string differences(subject& old, subject& fresh, std::uint64_t from) {
  const auto got = old.answers(from, from + compared),
             expected = fresh.answers(from, from + compared);
  std::string text;
  for (const auto& [name, numbers] : expected) {
    const auto found = got.find(name);
    const auto part =
        difference_of(found == got.end() ? std::vector<double>() : found->second, numbers).part();
    if (part == 0) continue;
    char line[64];
    std::snprintf(line, sizeof line, " %s %.1e", name.c_str(), part);
    text += line;
  }
  return text.empty() ? " the same" : text;
}

/// "; field 40 true at first, 38 at last" of each that is ever true.
std::string compared_alarms(const std::map<std::string, std::uint64_t>& first,
                            std::map<std::string, std::uint64_t> last) {
  std::string text;
  for (const auto& [name, count] : first) {
    text += "; " + name + " " + std::to_string(count) + " true at first, " +
            std::to_string(last[name]) + " at last";
  }
  return text;
}

void measure(const test::setting& s, std::uint64_t points) {
  using clock = std::chrono::steady_clock;
  subject old(s), fresh(s);
  const auto settled = std::min(points / 10, recent);
  old.feed(0, settled);
  const auto before = test_support::own_memory();
  const auto start = clock::now();
  const auto part = std::min(stretch, (points - settled) / 2) / 400 * 400;
  const auto first = old.alarms(settled, settled + part);
  old.feed(settled + part, points - part);
  const auto last = old.alarms(points - part, points);
  const std::chrono::duration<double, std::nano> taken = clock::now() - start;
  const auto after = test_support::own_memory();
  const auto from = points - std::min(points / 2, recent);
  fresh.feed(from, points);
  std::printf("%-28s%8.0f ns%+10lld KiB  %s%s\n", s.name().c_str(),
              taken.count() / static_cast<double>(points - settled),
              (static_cast<long long>(after) - static_cast<long long>(before)) / 1024,
              differences(old, fresh, points).c_str(), compared_alarms(first, last).c_str());
  std::fflush(stdout);
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  using namespace kapacitor::udf;
  const char* given = argc > 1 ? argv[1] : std::getenv("SOAK_POINTS");
  // Whole batches of each group.
  const auto points = std::max(static_cast<std::uint64_t>(given ? std::atof(given) : 1.5e6) / 400,
                               std::uint64_t{100}) *
                      400;
  std::printf(
      "%.3g points of 4 groups each: time for a point, memory more than at the beginning, largest "
      "difference to a fresh function as a part of the largest value, alarms of the first and the "
      "last points\n",
      static_cast<double>(points));
  for (const auto& s : test::ready_made_settings()) {
    if (argc > 2 && s.function != argv[2]) continue;
    bench::measure(s, points);
  }
}
