#include "signal/column.hpp"
#include "signal/normal.hpp"

namespace kapacitor::generator {
namespace {

constexpr int octaves = 12;  // of pink noise: it is pink over 2^12 ticks

double uniform(const random_stream& r, std::int64_t tick) noexcept {
  return 2 * r.uniform(tick) - 1;
}

double laplace(const random_stream& r, std::int64_t tick) noexcept {
  const double u = r.uniform(tick) - 0.5;
  return std::copysign(natural_log(1 - 2 * std::fabs(u)), u) * -1.0;
}

/// A normal variable over the root of the mean of `freedom` squared ones.
double student(const random_stream& r, std::int64_t tick, int freedom) noexcept {
  const auto first = tick * (freedom + 1);
  double squares = 0;
  for (int i = 1; i <= freedom; ++i) {
    const double z = normal(r, first + i);
    squares += z * z;
  }
  return normal(r, first) / std::sqrt(squares / freedom);
}

/// A sum of noises, each of which changes half as often as the one before.
///
/// Source: Voss, Clarke: "1/f noise" in music (1978)
double pink(const random_stream& r, std::int64_t tick) noexcept {
  double sum = 0;
  for (int i = 0; i < octaves; ++i) sum += normal(r, (tick >> i) * octaves + i);
  return sum * 0.28867513459481287;  // 1 / sqrt(octaves)
}
static_assert(octaves == 12);

double lognormal(const random_stream& r, std::int64_t tick, double sigma) noexcept {
  return natural_exp(sigma * normal(r, tick));
}

/// How many events of a mean number there were: the first whose share of the distribution is
/// reached.
double poisson(const random_stream& r, std::int64_t tick, double mean) noexcept {
  const double u = r.uniform(tick);
  const double most = mean + 40 * std::sqrt(mean) + 40;  // where the shares have become nothing
  double count = 0, share = natural_exp(-mean);
  for (double sum = share; sum < u && count < most; sum += share) share *= mean / ++count;
  return count;
}

class noise_signal final : public signal {
 public:
  noise_signal(const noise_spec& s, std::size_t rows) : spec_(s), streams_(rows) {}

  void restart(std::size_t row, const random_stream& random) override { streams_[row] = random; }
  void fill(const instant& at, row_range rows, join how, double* out) override {
    const auto column = [&](auto draw) {
      fill_column(rows, how, out,
                  [s = streams_.data(), size = spec_.size, n = at.tick, draw](std::size_t row) {
                    return size * draw(s[row], n);
                  });
    };
    with_draw(column);
  }
  double warped(const instant& at, std::size_t row, const warp&) const override {
    double value = 0;
    with_draw([&](auto draw) { value = spec_.size * draw(streams_[row], at.tick); });
    return value;
  }

 private:
  /// Calls f with the function that draws this kind of noise: chosen once for a column.
  template <class F>
  void with_draw(F f) const {
    using stream = const random_stream&;
    switch (spec_.kind) {
      case noise::normal:
        return f([](stream r, std::int64_t n) { return normal(r, n); });
      case noise::uniform:
        return f([](stream r, std::int64_t n) { return uniform(r, n); });
      case noise::laplace:
        return f([](stream r, std::int64_t n) { return laplace(r, n); });
      case noise::student:
        return f([k = spec_.freedom](stream r, std::int64_t n) { return student(r, n, k); });
      case noise::pink:
        return f([](stream r, std::int64_t n) { return pink(r, n); });
      case noise::lognormal:
        return f([s = spec_.shape](stream r, std::int64_t n) { return lognormal(r, n, s); });
      case noise::poisson:
        return f([m = spec_.shape](stream r, std::int64_t n) { return poisson(r, n, m); });
    }
  }

  noise_spec spec_;
  std::vector<random_stream> streams_;
};

}  // namespace

std::unique_ptr<signal> make_noise(const signal_spec& s, std::size_t rows) {
  const auto* n = std::get_if<noise_spec>(&s.kind);
  return n ? std::make_unique<noise_signal>(*n, rows) : nullptr;
}

}  // namespace kapacitor::generator
