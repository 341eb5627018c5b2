#include "functions/detection/outliers.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "functions/numeric/order_statistics.hpp"
#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

/// The values below and above which a point is an outlier. Of sorted values, at least one.
std::pair<double, double> fences(std::span<const double> sorted, double spreads) {
  const auto half = (sorted.size() + 1) / 2;
  const double lower = median(sorted.first(half));
  const double upper = median(sorted.last(half));
  return {lower - spreads * (upper - lower), upper + spreads * (upper - lower)};
}

}  // namespace

udf::schema<outliers::options> outliers::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to judge, a number", udf::not_empty())
      .optional("spreads", &options::spreads,
                "spreads from the usual range to an outlier; the range lies between the hinges, "
                "and their distance is the spread",
                udf::more_than(0.0));
}

void outliers::on_begin(const udf::batch& b, udf::emitter& out) {
  answer_.emplace(out.open_batch(b));
  points_.clear();
  values_.clear();
}

void outliers::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  points_.push_back(p);
  values_.push_back(*x);
}

void outliers::on_end(const udf::batch_end& end, udf::emitter&) {
  if (values_.size() >= 4) {
    sorted_ = values_;
    std::sort(sorted_.begin(), sorted_.end());
    const auto [low, high] = fences(sorted_, options_.spreads);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] < low || values_[i] > high) answer_->forward(points_[i]);
    }
  }
  answer_->close(end.tmax());
  answer_.reset();
}

}  // namespace kapacitor::udf::functions
