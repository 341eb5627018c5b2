#include <algorithm>
#include <utility>

#include "signal/column.hpp"

namespace kapacitor::generator {
namespace {

class constant_signal final : public signal {
 public:
  constant_signal(const constant_spec& s, std::size_t rows) : spec_(s), values_(rows, s.value) {}

  void restart(std::size_t row, const random_stream& random) override {
    values_[row] = spec_.value + spec_.spread * (2 * random.uniform(0) - 1);
  }
  void fill(const instant&, row_range rows, join how, double* out) override {
    fill_column(rows, how, out, [this](std::size_t row) { return values_[row]; });
  }
  double warped(const instant&, std::size_t row, const warp&) const override {
    return values_[row];
  }

 private:
  constant_spec spec_;
  std::vector<double> values_;
};

/// The same for every series.
class common_signal : public signal {
 public:
  void restart(std::size_t, const random_stream&) override {}
  void fill(const instant& at, row_range rows, join how, double* out) override {
    fill_column(rows, how, out, [common = level(at.offset)](std::size_t) { return common; });
  }
  double warped(const instant& at, std::size_t, const warp&) const override {
    return level(at.offset);
  }

 protected:
  virtual double level(std::int64_t offset) const = 0;
};

class ramp_signal final : public common_signal {
 public:
  explicit ramp_signal(const ramp_spec& s) : spec_(s) {}

 private:
  double level(std::int64_t offset) const override {
    const auto whole = spec_.duration.count();
    const auto part = static_cast<double>(std::min(offset, whole)) / static_cast<double>(whole);
    return spec_.from + (spec_.to - spec_.from) * part;
  }
  ramp_spec spec_;
};

class step_signal final : public common_signal {
 public:
  explicit step_signal(step_spec s) : spec_(std::move(s)) {}

  double warped(const instant& at, std::size_t, const warp& w) const override {
    return w.amplitude * level(std::max<std::int64_t>(0, w.offset(at)));
  }

 private:
  double level(std::int64_t offset) const override {
    const auto step = static_cast<std::size_t>(offset / spec_.every.count());
    return spec_.levels[step % spec_.levels.size()];
  }
  step_spec spec_;
};

}  // namespace

std::unique_ptr<signal> make_level(const signal_spec& s, std::size_t rows) {
  if (const auto* c = std::get_if<constant_spec>(&s.kind)) {
    return std::make_unique<constant_signal>(*c, rows);
  }
  if (const auto* r = std::get_if<ramp_spec>(&s.kind)) return std::make_unique<ramp_signal>(*r);
  if (const auto* l = std::get_if<step_spec>(&s.kind)) return std::make_unique<step_signal>(*l);
  return nullptr;
}

}  // namespace kapacitor::generator
