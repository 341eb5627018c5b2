#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <kapacitor/udf/testing.hpp>

// Random input, the same in every run.
namespace kapacitor::udf::test {

class sample {
 public:
  explicit sample(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  /// In [0, 1).
  double part() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// Normally distributed about 0, with standard deviation 1.
  double normal() {
    constexpr double full_turn = 6.283185307179586;
    return std::sqrt(-2 * std::log(1 - part())) * std::cos(full_turn * part());
  }
  /// Any finite double, by its bits.
  double real() {
    for (;;) {
      const auto x = std::bit_cast<double>(engine_());
      if (std::isfinite(x)) return x;
    }
  }
  std::int64_t integer() { return static_cast<std::int64_t>(engine_() >> below(64)); }
  std::string text(std::size_t longest = 12) {
    std::string s;
    for (auto n = below(longest + 1); n > 0; --n) s.push_back(static_cast<char>(engine_()));
    return s;
  }
  std::string word() { return "w" + std::to_string(below(5)); }

  /// What a field could hold: mostly numbers of ordinary size, all else sometimes.
  field_value value() {
    switch (below(16)) {
      case 0:
        return integer();
      case 1:
        return word();
      case 2:
        return one_in(2);
      case 3:
        return std::numeric_limits<double>::quiet_NaN();
      case 4:
        return real() * 1e-10;
      case 5:
        return static_cast<std::int64_t>(below(100));
      default:
        return 100 * part() - 50;
    }
  }
  /// A point of one of `groups` hosts, its field "x" missing now and then.
  point a_point(std::size_t groups) {
    point p{.tags = {{"host", "h" + std::to_string(below(groups))}}, .time = ++time_};
    if (!one_in(10)) p.fields.emplace_back("x", value());
    if (one_in(2)) p.fields.emplace_back("y", value());
    return p;
  }
  std::vector<point> points(std::size_t n, std::size_t groups) {
    std::vector<point> result;
    for (; n > 0; --n) result.push_back(a_point(groups));
    return result;
  }
  batch a_batch(std::size_t groups) {
    batch b{.name = "m",
            .tags = {{"host", "h" + std::to_string(below(groups))}},
            .points = {},
            .tmax = ++time_};
    for (auto n = below(20); n > 0; --n) {
      b.points.push_back(a_point(1));
      b.points.back().tags = b.tags;
    }
    return b;
  }

 private:
  std::mt19937_64 engine_;
  std::int64_t time_ = 0;
};

/// The same numbers, texts, bools: NaN equals NaN.
inline bool same(const field_value& a, const field_value& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  if (x && y) return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y);
  return static_cast<const field_value::base&>(a) == static_cast<const field_value::base&>(b);
}
inline bool same(const point& a, const point& b) {
  if (a.name != b.name || a.tags != b.tags || a.time != b.time || a.by_name != b.by_name ||
      a.group_by != b.group_by || a.fields.size() != b.fields.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    if (a.fields[i].first != b.fields[i].first) return false;
    if (!same(a.fields[i].second, b.fields[i].second)) return false;
  }
  return true;
}
inline bool same(const batch& a, const batch& b) {
  if (a.name != b.name || a.tags != b.tags || a.tmax != b.tmax) return false;
  if (a.points.size() != b.points.size()) return false;
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    if (!same(a.points[i], b.points[i])) return false;
  }
  return true;
}
inline bool same(const output& a, const output& b) {
  if (a.error != b.error || a.points.size() != b.points.size()) return false;
  if (a.batches.size() != b.batches.size()) return false;
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    if (!same(a.points[i], b.points[i])) return false;
  }
  for (std::size_t i = 0; i < a.batches.size(); ++i) {
    if (!same(a.batches[i], b.batches[i])) return false;
  }
  return true;
}

/// What is wrong with the options, without the function's name; empty: nothing.
inline std::string error_of(const function& f, const std::vector<option>& options) {
  const auto text = runner(f, options).feed(std::vector<point>{}).error;
  const auto name = f.name + ": ";
  return text.starts_with(name) ? text.substr(name.size()) : text;
}

}  // namespace kapacitor::udf::test
