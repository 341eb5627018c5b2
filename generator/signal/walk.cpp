#include <algorithm>
#include <utility>

#include "signal/column.hpp"
#include "signal/normal.hpp"
#include "signal/ticks.hpp"

namespace kapacitor::generator {
namespace {

// A position in the stream that is not a tick.
constexpr std::int64_t before_all = -1;

/// What follows from the tick before: each row keeps its value.
class stateful_signal : public signal {
 public:
  explicit stateful_signal(std::size_t rows) : streams_(rows), values_(rows) {}

  void restart(std::size_t row, const random_stream& random) override {
    streams_[row] = random;
    values_[row] = first(random);
  }
  double warped(const instant&, std::size_t row, const warp&) const override {
    return values_[row];
  }

 protected:
  virtual double first(const random_stream& random) const = 0;
  /// Replaces each row's value by step(value, stream).
  template <class F>
  void walk(row_range rows, join how, double* out, F step) {
    fill_column(rows, how, out, [this, step](std::size_t row) {
      return values_[row] = step(values_[row], streams_[row]);
    });
  }

 private:
  std::vector<random_stream> streams_;
  std::vector<double> values_;
};

class random_walk final : public stateful_signal {
 public:
  random_walk(const walk_spec& s, std::size_t rows) : stateful_signal(rows), spec_(s) {}

  void fill(const instant& at, row_range rows, join how, double* out) override {
    walk(rows, how, out, [this, n = at.tick](double value, const random_stream& r) {
      const double step = spec_.sigma * normal(r, n);
      return reflected(value + (spec_.monotonic ? std::fabs(step) : step));
    });
  }

 private:
  double first(const random_stream&) const override { return spec_.start; }
  double reflected(double value) const {
    if (value > spec_.high) value = spec_.high - (value - spec_.high);
    if (value < spec_.low) value = spec_.low + (spec_.low - value);
    return std::clamp(value, spec_.low, spec_.high);
  }
  walk_spec spec_;
};

class ar1_signal final : public stateful_signal {
 public:
  ar1_signal(const ar1_spec& s, std::size_t rows) : stateful_signal(rows), spec_(s) {}

  void fill(const instant& at, row_range rows, join how, double* out) override {
    walk(rows, how, out,
         [phi = spec_.phi, sigma = spec_.sigma, n = at.tick](double value, const random_stream& r) {
           return phi * value + sigma * normal(r, n);
         });
  }

 private:
  /// As if it had been going on for ever.
  double first(const random_stream& random) const override {
    return noise_level({spec_}) * normal(random, before_all);
  }
  ar1_spec spec_;
};

class markov_signal final : public stateful_signal {
 public:
  markov_signal(markov_spec s, std::size_t rows, double interval)
      : stateful_signal(rows), spec_(std::move(s)), leave_(spec_.leave) {
    for (const auto& stay : spec_.stay) {
      leave_.push_back(std::min(1.0, interval / std::chrono::duration<double>(stay).count()));
    }
  }

  void restart(std::size_t row, const random_stream& random) override {
    stateful_signal::restart(row, random);
  }
  void fill(const instant& at, row_range rows, join how, double* out) override {
    // Its values are the states' numbers; the levels are what is shown.
    states_.resize(rows.count);
    walk(rows, join::set, states_.data(),
         [this, n = at.tick](double state, const random_stream& r) {
           return next(static_cast<std::size_t>(state), r, n);
         });
    fill_column(rows, how, out, [this, &rows](std::size_t row) {
      return spec_.levels[static_cast<std::size_t>(states_[row - rows.first])];
    });
  }
  double warped(const instant& at, std::size_t row, const warp& w) const override {
    return spec_.levels[static_cast<std::size_t>(stateful_signal::warped(at, row, w))];
  }

 private:
  /// A state by the part of the time spent in it.
  double first(const random_stream& random) const override {
    double all = 0;
    for (const double p : leave_) all += 1 / p;
    double rest = random.uniform(before_all) * all;
    std::size_t state = 0;
    while (state + 1 < leave_.size() && rest > 1 / leave_[state]) rest -= 1 / leave_[state++];
    return static_cast<double>(state);
  }
  double next(std::size_t state, const random_stream& r, std::int64_t tick) const {
    const double u = r.uniform(tick);
    if (u >= leave_[state] || leave_.size() < 2) return static_cast<double>(state);
    // What is left of the draw chooses among the others.
    const auto others = static_cast<double>(leave_.size() - 1);
    auto other = std::min(static_cast<std::size_t>(u / leave_[state] * others), leave_.size() - 2);
    if (other >= state) ++other;
    return static_cast<double>(other);
  }

  markov_spec spec_;
  std::vector<double> leave_;  // each state's chance at a tick
  std::vector<double> states_;
};

/// Needs no memory: the total is the tick's number times the step, but for the last part of it.
class counter_signal final : public signal {
 public:
  counter_signal(const counter_spec& s, std::size_t rows, double interval)
      : spec_(s), step_(s.rate * interval), rows_(rows) {
    if (s.reset_every.count() > 0) {
      reset_ = ticks_in(s.reset_every, interval);
    }
  }

  void restart(std::size_t row, const random_stream& random) override {
    rows_[row] = {random, reset_ > 0 ? random.between(before_all, 0, reset_ - 1) : 0};
  }
  void fill(const instant& at, row_range rows, join how, double* out) override {
    fill_column(rows, how, out, [this, n = at.tick](std::size_t row) { return value(row, n); });
  }
  double warped(const instant& at, std::size_t row, const warp&) const override {
    return value(row, at.tick);
  }

 private:
  struct one_row {
    random_stream random;
    std::int64_t shift = 0;  // so that the series do not all start again together
  };
  double value(std::size_t row, std::int64_t tick) const noexcept {
    const auto& r = rows_[row];
    const auto since = reset_ > 0 ? (tick + r.shift) % reset_ : tick;
    return step_ * (static_cast<double>(since) + spec_.jitter * r.random.uniform(tick));
  }

  counter_spec spec_;
  double step_;
  std::int64_t reset_ = 0;  // ticks
  std::vector<one_row> rows_;
};

}  // namespace

std::unique_ptr<signal> make_walk(const signal_spec& s, std::size_t rows, double interval) {
  if (const auto* w = std::get_if<walk_spec>(&s.kind)) {
    return std::make_unique<random_walk>(*w, rows);
  }
  if (const auto* a = std::get_if<ar1_spec>(&s.kind)) return std::make_unique<ar1_signal>(*a, rows);
  if (const auto* m = std::get_if<markov_spec>(&s.kind)) {
    return std::make_unique<markov_signal>(*m, rows, interval);
  }
  if (const auto* c = std::get_if<counter_spec>(&s.kind)) {
    return std::make_unique<counter_signal>(*c, rows, interval);
  }
  return nullptr;
}

}  // namespace kapacitor::generator
