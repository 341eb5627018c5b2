#include "functions/detection/change_point.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "property/sample.hpp"

// change_point against its definitions, computed again from all values at every point.
namespace kapacitor::udf::change_point_test {
namespace {

using functions::change_point;
using real = long double;

struct expected_point {
  bool changed = false;
  std::optional<double> score = {};
  int direction = 0;
  double mean = 0;
};

real mean_of(const std::vector<double>& x, std::size_t begin, std::size_t end) {
  real sum = 0;
  for (auto i = begin; i < end; ++i) sum += x[i];
  return sum / static_cast<real>(end - begin);
}

class definition {
 public:
  virtual ~definition() = default;
  virtual expected_point push(double x) = 0;
};

/// Page's sums as the largest over all points at which they could have begun.
class page_definition : public definition {
 public:
  /// The deviation of the i-th value after a change, empty if it only teaches.
  using deviation = std::function<std::optional<real>(const std::vector<double>&, std::size_t)>;
  page_definition(deviation d, double drift, double threshold, double forgetting)
      : deviation_(std::move(d)), drift_(drift), threshold_(threshold), forgetting_(forgetting) {}

  expected_point push(double x) override {
    values_.push_back(x);
    since_.push_back(x);
    deviations_.push_back(deviation_(values_, values_.size() - 1));
    expected_point e;
    if (deviations_.back()) {
      const auto up = largest(1), down = largest(-1);
      const auto& further = up.value >= down.value ? up : down;
      e.score = static_cast<double>(further.value / threshold_);
      if (*e.score >= 1) {
        e.changed = true;
        e.direction = up.value >= down.value ? 1 : -1;
        since_.assign(values_.begin() + static_cast<std::ptrdiff_t>(further.begin), values_.end());
        values_.clear();
        deviations_.clear();
      }
    }
    e.mean = static_cast<double>(mean_of(since_, 0, since_.size()));
    return e;
  }

 private:
  struct best {
    real value = 0;
    std::size_t begin = 0;
  };
  best largest(int sign) const {
    best result;
    real sum = 0, weight = 1;
    for (auto i = values_.size(); i > 0 && deviations_[i - 1]; --i) {
      sum += weight * (sign * *deviations_[i - 1] - drift_);
      weight *= forgetting_;
      if (sum > result.value) result = {sum, i - 1};
    }
    return result;
  }

  deviation deviation_;
  double drift_, threshold_, forgetting_;
  std::vector<double> values_, since_;
  std::vector<std::optional<real>> deviations_;
};

page_definition::deviation standardised(std::size_t warmup, std::optional<double> target,
                                        std::optional<double> stddev) {
  return [=](const std::vector<double>& x, std::size_t i) -> std::optional<real> {
    if (target && stddev) return (x[i] - *target) / *stddev;
    if (i < warmup) return std::nullopt;
    const real mean = mean_of(x, 0, warmup);
    real squares = 0;
    for (std::size_t k = 0; k < warmup; ++k) squares += (x[k] - mean) * (x[k] - mean);
    const real spread = std::sqrt(squares / static_cast<real>(warmup - 1));
    return (x[i] - (target ? real{*target} : mean)) / (stddev ? *stddev : spread);
  };
}
page_definition::deviation from_mean_so_far(std::size_t warmup) {
  return [=](const std::vector<double>& x, std::size_t i) -> std::optional<real> {
    if (i < warmup) return std::nullopt;
    return x[i] - mean_of(x, 0, i + 1);
  };
}

/// ADWIN with buckets that hold their values.
class adwin_definition : public definition {
 public:
  adwin_definition(double delta, std::size_t clock, std::size_t size)
      : delta_(delta), clock_(clock), size_(size) {}

  expected_point push(double x) override {
    buckets_.push_back({x});
    for (std::size_t size = 1;; size *= 2) {
      const auto is_of_size = [&](const auto& b) { return b.size() == size; };
      if (std::count_if(buckets_.begin(), buckets_.end(), is_of_size) <= 5) break;
      const auto older = std::find_if(buckets_.begin(), buckets_.end(), is_of_size);
      const auto newer = older + 1;
      older->insert(older->end(), newer->begin(), newer->end());
      buckets_.erase(newer);
    }
    if (size_ > 0 && all().size() > size_) buckets_.erase(buckets_.begin());
    expected_point e;
    if (++points_ % clock_ == 0 && all().size() >= 10) {
      auto [score, direction] = strongest();
      e.score = score;
      e.changed = score >= 1;
      if (e.changed) e.direction = direction;
      while (strongest().first >= 1) buckets_.erase(buckets_.begin());
    }
    const auto values = all();
    e.mean = static_cast<double>(mean_of(values, 0, values.size()));
    return e;
  }

 private:
  std::vector<double> all() const {
    std::vector<double> values;
    for (const auto& b : buckets_) values.insert(values.end(), b.begin(), b.end());
    return values;
  }
  std::pair<double, int> strongest() const {
    const auto values = all();
    const auto n = values.size();
    if (n < 10) return {0, 0};
    const real mean = mean_of(values, 0, n);
    real variance = 0;
    for (const double x : values) variance += (x - mean) * (x - mean) / static_cast<real>(n);
    const real doubt = std::log(2 * std::log(static_cast<real>(n)) / delta_);
    std::pair<double, int> result{0, 0};
    std::size_t n0 = 0;
    for (const auto& b : buckets_) {
      n0 += b.size();
      if (n0 < 5 || n < n0 + 5) continue;
      const real few = 1 / static_cast<real>(n0) + 1 / static_cast<real>(n - n0);
      const real chance = std::sqrt(variance) * (std::sqrt(2 * few * doubt) + 2 * few * doubt / 3);
      const real apart = mean_of(values, n0, n) - mean_of(values, 0, n0);
      const auto score = static_cast<double>(std::abs(apart) / chance);
      if (score > result.first) result = {score, apart > 0 ? 1 : -1};
    }
    return result;
  }

  double delta_;
  std::size_t clock_, size_, points_ = 0;
  std::vector<std::vector<double>> buckets_;
};

/// Levels that last for a while; times that stand, jump and go back; fields that are missing.
class steps {
 public:
  steps(std::uint64_t seed, double offset) : random_(seed), offset_(offset) {}
  test::point next() {
    if (random_.one_in(150)) level_ = 6 * random_.part() - 3;
    time_ += static_cast<std::int64_t>(random_.below(3));
    test::point p{.time = random_.one_in(20) ? time_ - 1000 : time_};
    if (random_.one_in(25)) return p;
    if (random_.one_in(40)) {
      p.fields.emplace_back("x", std::nan(""));
    } else {
      // Near to normal.
      double noise = -6;
      for (int i = 0; i < 12; ++i) noise += random_.part();
      p.fields.emplace_back("x", offset_ + level_ + noise);
    }
    return p;
  }

 private:
  test::sample random_;
  double offset_, level_ = 0;
  std::int64_t time_ = 0;
};

struct counts {
  std::size_t compared = 0, changes = 0;
};

void compare(const test::point& got, const expected_point& e, double offset, double tolerance) {
  ASSERT_EQ(*got.find("change_changed"), test::field_value(e.changed));
  ASSERT_EQ(*got.find("change_direction"), test::field_value(e.direction));
  ASSERT_NEAR(got.number("change_mean").value(), e.mean, 1e-12 * (10 + offset));
  ASSERT_EQ(got.number("change_score").has_value(), e.score.has_value());
  if (e.score) {
    ASSERT_NEAR(*got.number("change_score"), *e.score, tolerance * (1 + *e.score));
  }
}

/// Feeds 3,000 points and goes on in a fresh runner from a snapshot now and then.
counts check(const std::vector<option>& options, definition& d, double offset, std::uint64_t seed,
             double tolerance = 1e-9) {
  const auto make = [&] {
    auto all = options;
    all.push_back({"field", {"x"}});
    return std::make_unique<test::runner>(make_function<change_point>("f"), all);
  };
  auto r = make();
  steps stream(seed, offset);
  counts result;
  for (int round = 0; round < 6; ++round) {
    std::vector<test::point> points;
    for (int i = 0; i < 500; ++i) points.push_back(stream.next());
    const auto out = r->feed(points);
    EXPECT_EQ(out.error, "");
    std::size_t next = 0;
    for (const auto& p : points) {
      const auto x = p.number("x");
      if (!x || !std::isfinite(*x)) continue;
      const auto e = d.push(*x);
      if (next == out.points.size()) ADD_FAILURE() << "a point is missing";
      if (next == out.points.size()) return result;
      EXPECT_EQ(out.points[next].time, p.time);
      compare(out.points[next++], e, offset, tolerance);
      if (testing::Test::HasFatalFailure()) return result;
      ++result.compared;
      result.changes += e.changed;
    }
    EXPECT_EQ(next, out.points.size());
    auto other = make();
    EXPECT_EQ(other->restore(r->snapshot()), "");
    r = std::move(other);
  }
  return result;
}

TEST(ChangePoint, OfCusumIsTheLargestSumFromAnyBeginning) {
  counts all;
  std::uint64_t seed = 1;
  for (const double offset : {0.0, 1e9}) {
    for (const std::int64_t warmup : {2, 10, 30}) {
      for (const double drift : {0.0, 0.5, 1.0}) {
        page_definition d(standardised(static_cast<std::size_t>(warmup), {}, {}), drift, 4, 1);
        const auto n =
            check({{"warmup", {warmup}}, {"drift", {drift}}, {"decisionInterval", {4.0}}}, d,
                  offset, ++seed);
        all.compared += n.compared;
        all.changes += n.changes;
        ASSERT_FALSE(HasFailure()) << warmup << " " << drift << " " << offset;
      }
    }
  }
  page_definition given(standardised(30, -0.5, 0.7), 0.5, 5, 1);
  check({{"referenceMean", {-0.5}}, {"referenceStddev", {0.7}}}, given, 0, ++seed);
  page_definition target(standardised(30, 0.5, {}), 0.5, 5, 1);
  check({{"referenceMean", {0.5}}}, target, 0, ++seed);
  page_definition stddev(standardised(1, {}, 2.0), 0.5, 5, 1);
  check({{"referenceStddev", {2.0}}, {"warmup", {1}}}, stddev, 0, ++seed);
  EXPECT_GT(all.compared, 45'000u);
  EXPECT_GT(all.changes, 500u);
}

TEST(ChangePoint, OfPageHinkleyIsTheLargestSumFromAnyBeginning) {
  counts all;
  std::uint64_t seed = 100;
  for (const double offset : {0.0, 1e9}) {
    for (const std::int64_t warmup : {1, 30}) {
      for (const double forgetting : {1.0, 0.99}) {
        page_definition d(from_mean_so_far(static_cast<std::size_t>(warmup)), 0.25, 10, forgetting);
        const auto n = check({{"method", {"page_hinkley"}},
                              {"delta", {0.25}},
                              {"changeSum", {10.0}},
                              {"warmup", {warmup}},
                              {"forgetting", {forgetting}}},
                             d, offset, ++seed);
        all.compared += n.compared;
        all.changes += n.changes;
        ASSERT_FALSE(HasFailure()) << warmup << " " << forgetting << " " << offset;
      }
    }
  }
  EXPECT_GT(all.compared, 20'000u);
  EXPECT_GT(all.changes, 80u);
}

TEST(ChangePoint, OfAdwinIsTheCutThatChanceDoesNotAllow) {
  counts all;
  std::uint64_t seed = 200;
  for (const double offset : {0.0, 1e9}) {
    for (const std::int64_t clock : {5, 32}) {
      for (const std::int64_t size : {0, 10, 150}) {
        adwin_definition d(0.01, static_cast<std::size_t>(clock), static_cast<std::size_t>(size));
        std::vector<option> options = {
            {"method", {"adwin"}}, {"significance", {0.01}}, {"checkCount", {clock}}};
        if (size > 0) options.push_back({"maxSize", {size}});
        // The buckets' means are doubles.
        const auto n = check(options, d, offset, ++seed, 1e-9 + 1e-16 * offset);
        all.compared += n.compared;
        all.changes += n.changes;
        ASSERT_FALSE(HasFailure()) << clock << " " << size << " " << offset;
      }
    }
  }
  EXPECT_GT(all.compared, 30'000u);
  EXPECT_GT(all.changes, 100u);
}

}  // namespace
}  // namespace kapacitor::udf::change_point_test
