#include <utility>

#include "signal/column.hpp"

namespace kapacitor::generator {
namespace {

/// -1 … 1 over one turn, from the bottom.
double sawtooth_of(phase_angle angle) noexcept {
  constexpr phase_angle half = phase_angle{1} << 63U;
  return static_cast<double>(static_cast<std::int64_t>(angle - half)) * 0x1p-63;
}

double triangle_of(phase_angle angle) noexcept {
  return 1.0 - 2.0 * std::fabs(sawtooth_of(angle));
}

/// What repeats: an angle for all series together, and a shift for each.
class turning_signal : public signal {
 public:
  turning_signal(std::size_t rows, double turns, bool per_series)
      : per_series_(per_series), shifts_(rows, phase_of_turns(turns)) {}

  void restart(std::size_t row, const random_stream& random) override {
    if (per_series_) shifts_[row] = random.bits(0);
  }

 protected:
  /// The angle of a series without a shift.
  virtual phase_angle angle(std::int64_t offset) const = 0;
  phase_angle warped_angle(const instant& at, std::size_t row, const warp& w) const {
    return angle(w.offset(at)) + phase_of_turns(w.turns) + shifts_[row];
  }
  template <class F>
  void fill_turned(const instant& at, row_range rows, join how, double* out, F value) const {
    const auto* shifts = shifts_.data();
    fill_column(rows, how, out, [shifts, turned = angle(at.offset), value](std::size_t row) {
      return value(turned + shifts[row]);
    });
  }

 private:
  bool per_series_;
  std::vector<phase_angle> shifts_;
};

class wave_signal final : public turning_signal {
 public:
  wave_signal(const wave_spec& s, std::size_t rows)
      : turning_signal(rows, s.turns, s.phase_per_series),
        spec_(s),
        high_until_(s.duty < 1 ? phase_of_turns(s.duty) : ~phase_angle{0}) {}

  void fill(const instant& at, row_range rows, join how, double* out) override {
    const double a = spec_.amplitude;
    const auto high = high_until_;
    switch (spec_.shape) {
      case wave::sine:
        return fill_turned(at, rows, how, out, [a](phase_angle p) { return a * sine_of(p); });
      case wave::square:
        return fill_turned(at, rows, how, out,
                           [a, high](phase_angle p) { return p < high ? a : -a; });
      case wave::sawtooth:
        return fill_turned(at, rows, how, out, [a](phase_angle p) { return a * sawtooth_of(p); });
      case wave::triangle:
        return fill_turned(at, rows, how, out, [a](phase_angle p) { return a * triangle_of(p); });
      case wave::pulse:
        return fill_turned(at, rows, how, out,
                           [a, high](phase_angle p) { return p < high ? a : 0.0; });
    }
  }
  double warped(const instant& at, std::size_t row, const warp& w) const override {
    return w.amplitude * shape(warped_angle(at, row, w));
  }

 private:
  phase_angle angle(std::int64_t offset) const override {
    return phase_of_time(offset, spec_.period.count());
  }
  double shape(phase_angle p) const {
    const double a = spec_.amplitude;
    switch (spec_.shape) {
      case wave::sine:
        return a * sine_of(p);
      case wave::square:
        return p < high_until_ ? a : -a;
      case wave::sawtooth:
        return a * sawtooth_of(p);
      case wave::triangle:
        return a * triangle_of(p);
      case wave::pulse:
        return p < high_until_ ? a : 0.0;
    }
    return 0;
  }

  wave_spec spec_;
  phase_angle high_until_;
};

class chirp_signal final : public turning_signal {
 public:
  chirp_signal(const chirp_spec& s, std::size_t rows)
      : turning_signal(rows, s.turns, s.phase_per_series), spec_(s) {}

  void fill(const instant& at, row_range rows, join how, double* out) override {
    fill_turned(at, rows, how, out,
                [a = spec_.amplitude](phase_angle p) { return a * sine_of(p); });
  }
  double warped(const instant& at, std::size_t row, const warp& w) const override {
    return w.amplitude * spec_.amplitude * sine_of(warped_angle(at, row, w));
  }

 private:
  phase_angle angle(std::int64_t offset) const override {
    const auto within = offset % spec_.period.count();
    const double seconds =
        static_cast<double>(within < 0 ? within + spec_.period.count() : within) * 1e-9;
    const double whole = static_cast<double>(spec_.period.count()) * 1e-9;
    const double climb = (spec_.to_hz - spec_.from_hz) / (2 * whole);
    return phase_of_turns((spec_.from_hz + climb * seconds) * seconds);
  }
  chirp_spec spec_;
};

/// A profile of points, straight between them.
class seasonal_signal final : public turning_signal {
 public:
  seasonal_signal(seasonal_spec s, std::size_t rows)
      : turning_signal(rows, s.turns, s.phase_per_series), spec_(std::move(s)) {}

  void fill(const instant& at, row_range rows, join how, double* out) override {
    fill_turned(at, rows, how, out, [this](phase_angle p) { return profile(p); });
  }
  double warped(const instant& at, std::size_t row, const warp& w) const override {
    return w.amplitude * profile(warped_angle(at, row, w));
  }

 private:
  phase_angle angle(std::int64_t offset) const override {
    return phase_of_time(offset, spec_.period.count());
  }
  double profile(phase_angle p) const noexcept {
    const auto n = spec_.points.size();
    const double at =
        static_cast<double>(static_cast<std::int64_t>(p >> 11U)) * 0x1p-53 * static_cast<double>(n);
    const auto before = static_cast<std::size_t>(at);
    const double left = spec_.points[before];
    const double right = spec_.points[before + 1 < n ? before + 1 : 0];
    return spec_.scale * (left + (right - left) * (at - static_cast<double>(before)));
  }
  seasonal_spec spec_;
};

}  // namespace

std::unique_ptr<signal> make_wave(const signal_spec& s, std::size_t rows) {
  if (const auto* w = std::get_if<wave_spec>(&s.kind)) {
    return std::make_unique<wave_signal>(*w, rows);
  }
  if (const auto* c = std::get_if<chirp_spec>(&s.kind)) {
    return std::make_unique<chirp_signal>(*c, rows);
  }
  if (const auto* p = std::get_if<seasonal_spec>(&s.kind)) {
    return std::make_unique<seasonal_signal>(*p, rows);
  }
  return nullptr;
}

}  // namespace kapacitor::generator
