#include "functions/detection/outliers.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

/// Of sorted values, at least one.
double median(std::span<const double> sorted) {
  const auto n = sorted.size();
  // Halves apart: the sum of two huge values may not fit.
  return n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

/// The values below and above which a point is an outlier. Of sorted values, at least one.
std::pair<double, double> fences(std::span<const double> sorted, double scale) {
  const auto half = (sorted.size() + 1) / 2;
  const double lower = median(sorted.first(half));
  const double upper = median(sorted.last(half));
  return {lower - scale * (upper - lower), upper + scale * (upper - lower)};
}

}  // namespace

udf::schema<outliers::options> outliers::options::describe() {
  return udf::schema<options>{}
      .required("field", &options::field, "field to look at, a number", udf::not_empty())
      .optional("scale", &options::scale, "how far out, in distances between the hinges",
                udf::more_than(0.0));
}

udf::description outliers::describe() {
  return {
      .computes =
          "Each batch is judged by itself. *lower* and *upper* are its hinges: the medians of the "
          "lower and the upper half of the field's values (of an odd number, the middle one "
          "belongs "
          "to both halves). A point is an outlier where its value is\n\n"
          "    below  lower − scale · (upper − lower)\n"
          "    above  upper + scale · (upper − lower)\n\n"
          "Outliers come out unchanged and in their order; a batch without any comes out empty. "
          "Points without the field, or with a NaN or an infinity in it, do not count. A batch of "
          "fewer than four values has no outliers.",
      .outputs = {},
      .times = "Times do not matter within a batch.",
      .cost = "O(n log n) at the end of a batch of n points.",
      .state =
          "None between batches. In memory the points of the largest batch so far, once for "
          "all groups.",
      .source = "John W. Tukey, *Exploratory Data Analysis*, 1977, chapter 2."};
}

void outliers::on_begin(const udf::batch& b, udf::emitter& out) {
  answer_.emplace(out.open_batch(b));
  points_.clear();
  values_.clear();
}

void outliers::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return out.skip();
  points_.push_back(p);
  values_.push_back(*x);
}

void outliers::on_end(const udf::batch_end& end, udf::emitter&) {
  if (values_.size() >= 4) {
    sorted_ = values_;
    std::sort(sorted_.begin(), sorted_.end());
    const auto [low, high] = fences(sorted_, options_.scale);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] < low || values_[i] > high) answer_->forward(points_[i]);
    }
  }
  answer_->close(end.tmax());
  answer_.reset();
}

}  // namespace kapacitor::udf::functions
