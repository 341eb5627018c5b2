#include "functions/aggregation/aggregate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "property/functions/aggregation_model.hpp"

// aggregate against windows that keep all their points.
namespace kapacitor::udf::aggregate_test {
namespace {

using std::chrono::nanoseconds;

using test::aggregate;
using test::second;
using test::start;

struct windows {
  std::int64_t period, every, grace;
};

std::int64_t floor_of(std::int64_t time, std::int64_t length) {
  return static_cast<std::int64_t>(
      std::floor(static_cast<long double>(time) / static_cast<long double>(length)));
}

/// What is expected of a window: field and number.
using expected_fields = std::map<std::string, double>;

struct sample_point {
  std::int64_t time;
  std::optional<double> x, y;
};

/// Two passes, in long double. `points` in the order they came.
expected_fields fields_of(const std::vector<sample_point>& points) {
  std::vector<std::pair<std::int64_t, double>> xs, ys;
  for (const auto& p : points) {
    if (p.x) xs.emplace_back(p.time, *p.x);
    if (p.y) ys.emplace_back(p.time, *p.y);
  }
  expected_fields f{{"x_count", static_cast<double>(xs.size())},
                    {"n", static_cast<double>(ys.size())}};
  const auto by_time = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::stable_sort(xs.begin(), xs.end(), by_time);
  std::stable_sort(ys.begin(), ys.end(), by_time);
  if (!ys.empty()) f["y_last"] = ys.back().second;
  if (xs.empty()) return f;
  long double sum = 0, squares = 0;
  for (const auto& [t, x] : xs) sum += x;
  const auto mean = sum / static_cast<long double>(xs.size());
  for (const auto& [t, x] : xs) squares += (x - mean) * (x - mean);
  f["x_sum"] = static_cast<double>(sum);
  f["x_mean"] = static_cast<double>(mean);
  f["x_first"] = xs.front().second;
  f["x_last"] = xs.back().second;
  const auto [least, most] = std::minmax_element(
      xs.begin(), xs.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  f["x_min"] = least->second;
  f["x_max"] = most->second;
  f["x_spread"] = most->second - least->second;
  if (xs.size() > 1) {
    const auto variance = squares / static_cast<long double>(xs.size() - 1);
    f["x_variance"] = static_cast<double>(variance);
    f["x_stddev"] = static_cast<double>(std::sqrt(variance));
  }
  return f;
}

std::vector<option> options_of(const windows& w) {
  std::vector<option> options = {{"period", {nanoseconds(w.period)}},
                                 {"every", {nanoseconds(w.every)}},
                                 {"grace", {nanoseconds(w.grace)}},
                                 {"aggregateAs", {"count", "y", "n"}},
                                 {"aggregate", {"last", "y"}}};
  for (const auto* what :
       {"count", "sum", "mean", "min", "max", "spread", "first", "last", "stddev", "variance"}) {
    options.push_back({"aggregate", {what, "x"}});
  }
  return options;
}

/// One group's windows, by their definition.
class model {
 public:
  explicit model(const windows& w) : w_(w) {}

  struct answer {
    std::int64_t time;
    expected_fields fields;
  };
  std::vector<answer> take(const sample_point& p) {
    std::vector<answer> answers;
    if (!p.x && !p.y) return answers;
    const auto closed = floor_of(p.time - w_.grace, w_.every) * w_.every;
    if (!closed_ || closed > *closed_) {
      std::set<std::int64_t> ends;
      for (const auto& q : points_) {
        for (auto e = (floor_of(q.time, w_.every) + 1) * w_.every; e - w_.period <= q.time;
             e += w_.every) {
          if (e > *closed_ && e <= closed) ends.insert(e);
        }
      }
      for (const auto e : ends) answers.push_back({e, fields_of(within(e))});
      closed_ = closed;
    }
    std::erase_if(points_, [&](const auto& q) { return q.time < *closed_ - w_.period; });
    points_.push_back(p);
    return answers;
  }

 private:
  std::vector<sample_point> within(std::int64_t end) const {
    std::vector<sample_point> result;
    for (const auto& q : points_) {
      if (q.time < end && q.time >= end - w_.period) result.push_back(q);
    }
    return result;
  }

  windows w_;
  std::optional<std::int64_t> closed_;
  std::vector<sample_point> points_;
};

void expect_fields(const test::point& got, const expected_fields& expected) {
  ASSERT_EQ(got.fields.size(), expected.size());
  for (const auto& [name, x] : expected) {
    const auto is = got.number(name);
    ASSERT_TRUE(is) << name;
    ASSERT_NEAR(*is, x, 1e-12 * std::abs(x) + 1e-12) << name << " at " << got.time;
  }
}

std::optional<double> usable(const test::point& p, const char* field) {
  const auto x = p.number(field);
  return x && std::isfinite(*x) ? x : std::nullopt;
}

/// Irregular times, equal ones, late ones, gaps; missing fields.
class source {
 public:
  explicit source(std::uint64_t seed) : random_(seed) {}

  test::point next() {
    if (!random_.one_in(5)) time_ += static_cast<std::int64_t>(random_.below(second));
    if (random_.one_in(300)) time_ += static_cast<std::int64_t>(random_.below(100)) * second;
    test::point p{.tags = {{"host", "h" + std::to_string(random_.below(2))}}, .time = time_};
    if (random_.one_in(10)) p.time -= static_cast<std::int64_t>(random_.below(20 * second));
    if (!random_.one_in(10)) p.fields.emplace_back("x", value());
    if (random_.one_in(2)) p.fields.emplace_back("y", value());
    return p;
  }

 private:
  test::field_value value() {
    if (random_.one_in(20)) return random_.one_in(2) ? test::field_value("text") : std::nan("");
    if (random_.one_in(10)) return static_cast<std::int64_t>(random_.below(100));
    return 20 + random_.part();
  }
  test::sample random_;
  std::int64_t time_ = start;
};

TEST(Aggregate, IsOfThePointsOfEachWindow) {
  const std::vector<windows> all = {{10 * second, 10 * second, 0},
                                    {7 * second, second, 0},
                                    {12 * second, 4 * second, 6 * second},
                                    {second / 2, second / 2, 15 * second},
                                    {3 * second, 3 * second, 100}};
  std::size_t windows_seen = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE("windows " + std::to_string(i));
    source input(i);
    std::map<std::string, model> models;
    auto r = std::make_unique<test::runner>(aggregate(), options_of(all[i]));
    for (int round = 0; round < 40; ++round) {
      std::vector<test::point> points;
      while (points.size() < 500) points.push_back(input.next());
      const auto out = r->feed(points);
      ASSERT_EQ(out.error, "");
      std::size_t next = 0;
      for (const auto& p : points) {
        auto& m = models.try_emplace(p.tags[0].second, all[i]).first->second;
        for (const auto& a : m.take({p.time, usable(p, "x"), usable(p, "y")})) {
          ASSERT_LT(next, out.points.size());
          const auto& got = out.points[next++];
          ASSERT_EQ(got.time, a.time);
          ASSERT_EQ(got.tags, p.tags);
          ASSERT_NO_FATAL_FAILURE(expect_fields(got, a.fields));
          ++windows_seen;
        }
      }
      ASSERT_EQ(next, out.points.size());
      auto other = std::make_unique<test::runner>(aggregate(), options_of(all[i]));
      ASSERT_EQ(other->restore(r->snapshot()), "");
      r = std::move(other);
    }
  }
  EXPECT_GT(windows_seen, 10'000u);
}

}  // namespace
}  // namespace kapacitor::udf::aggregate_test
