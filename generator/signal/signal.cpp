#include "signal/signal.hpp"

#include <utility>

#include "signal/column.hpp"

namespace kapacitor::generator {
namespace {

using signals = std::vector<std::unique_ptr<signal>>;

/// Several signals joined by + or *.
class joined_signal final : public signal {
 public:
  joined_signal(signals p, join how) : parts_(std::move(p)), how_(how) {}

  void restart(std::size_t row, const random_stream& random) override {
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i]->restart(row, random.part(i));
  }
  void fill(const instant& at, row_range rows, join how, double* out) override {
    const bool in_place = how == join::set || how == how_;
    if (!in_place) scratch_.resize(rows.count);
    double* to = in_place ? out : scratch_.data();
    auto next = in_place ? how : join::set;
    for (const auto& part : parts_) part->fill(at, rows, std::exchange(next, how_), to);
    if (in_place) return;
    fill_column({0, rows.count}, how, out, [this](std::size_t i) { return scratch_[i]; });
  }
  double warped(const instant& at, std::size_t row, const warp& w) const override {
    double value = how_ == join::add ? 0 : 1;
    for (const auto& part : parts_) {
      const double one = part->warped(at, row, w);
      value = how_ == join::add ? value + one : value * one;
    }
    return value;
  }

 private:
  signals parts_;
  join how_;
  std::vector<double> scratch_;
};

std::unique_ptr<signal> make_joined(const std::vector<signal_spec>& specs, join how,
                                    std::size_t rows, double interval) {
  signals made;
  for (const auto& s : specs) made.push_back(make_signal(s, rows, interval));
  return std::make_unique<joined_signal>(std::move(made), how);
}

}  // namespace

std::unique_ptr<signal> make_signal(const signal_spec& s, std::size_t rows, double interval) {
  if (const auto* sum = std::get_if<sum_spec>(&s.kind)) {
    return make_joined(sum->parts, join::add, rows, interval);
  }
  if (const auto* product = std::get_if<product_spec>(&s.kind)) {
    return make_joined(product->parts, join::multiply, rows, interval);
  }
  if (auto made = make_level(s, rows)) return made;
  if (auto made = make_wave(s, rows)) return made;
  if (auto made = make_noise(s, rows)) return made;
  return make_walk(s, rows, interval);
}

}  // namespace kapacitor::generator
