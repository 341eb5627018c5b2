#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "property/sample.hpp"

namespace kapacitor::udf::test {

/// Points of one group with the fields x and y, times of about `step` apart: now and then equal
/// times, late points, gaps, no field, text, NaN.
class signal_stream {
 public:
  signal_stream(std::uint64_t seed, std::int64_t step) : random_(seed), step_(step) {}

  std::vector<point> points(std::size_t n) {
    std::vector<point> all;
    for (; n > 0; --n) all.push_back(next());
    return all;
  }

 private:
  point next() {
    if (!random_.one_in(12)) time_ += 1 + static_cast<std::int64_t>(random_.below(2 * ustep()));
    if (random_.one_in(60)) time_ += static_cast<std::int64_t>(random_.below(40 * ustep()));
    // Often just on the grid of whole steps.
    if (random_.one_in(4)) time_ += step_ - time_ % step_;
    point p{.tags = {{"host", "a"}}, .time = time_};
    if (random_.one_in(15)) p.time -= static_cast<std::int64_t>(random_.below(5 * ustep()));
    level_ += random_.part() - 0.5;
    if (!random_.one_in(10)) p.fields.emplace_back("x", value());
    if (!random_.one_in(3)) p.fields.emplace_back("y", 10 * random_.part());
    return p;
  }
  field_value value() {
    switch (random_.below(30)) {
      case 0:
        return std::nan("");
      case 1:
        return "text";
      case 2:
        return static_cast<std::int64_t>(random_.below(50));
      case 3:
        return 1e4 * random_.part();
      case 4:
      case 5:
        return 7.25;
      default:
        return level_ + random_.part();
    }
  }
  std::size_t ustep() const { return static_cast<std::size_t>(step_); }

  sample random_;
  std::int64_t step_, time_ = 1'600'000'000'000'000'123;
  double level_ = 20;
};

inline std::optional<double> usable(const point& p, std::string_view field) {
  const auto x = p.number(field);
  return x && std::isfinite(*x) ? x : std::nullopt;
}

/// Feeds the points, and half way goes on with a fresh runner from a snapshot.
inline output feed_with_a_restart(const function& f, const std::vector<option>& options,
                                  const std::vector<point>& points, std::string& problem) {
  runner before(f, options), after(f, options);
  const auto half = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  auto all = before.feed(std::vector<point>(points.begin(), half));
  problem = after.restore(before.snapshot());
  const auto rest = after.feed(std::vector<point>(half, points.end()));
  all.points.insert(all.points.end(), rest.points.begin(), rest.points.end());
  all.error += rest.error;
  return all;
}

}  // namespace kapacitor::udf::test
