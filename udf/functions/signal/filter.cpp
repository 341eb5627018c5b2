#include "functions/signal/filter.hpp"

#include <algorithm>
#include <cmath>

#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {

void filter::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  begin_anew_after_gap(p.time());
  const auto result = options_.made->take(*x, memory_);
  if (!result.value) return out.skip(udf::reason::overflow, options_.field);
  output_fields<2> a;
  a.add(options_.as, *result.value);
  if (!options_.outlier_field.empty()) a.add(options_.outlier_field, result.outlier);
  a.send(p, options_.keep, out);
}

std::optional<udf::timestamp> filter::newest() const {
  if (memory_.values.empty() || options_.max_gap.count() == 0) return std::nullopt;
  return newest_;
}

/// As after a gap.
void filter::set_back(udf::timestamp to) {
  memory_.clear();
  newest_ = to;
}

void filter::begin_anew_after_gap(udf::timestamp time) {
  const auto last = newest_;
  if (memory_.values.empty() || time > newest_) newest_ = time;
  if (options_.max_gap.count() == 0 || memory_.values.empty() || time <= last) return;
  if (elapsed(last, time) > unsigned_ns(options_.max_gap)) memory_.clear();
}

void filter::check_state() {
  const auto& v = memory_.values;
  if (!options_.made->fits(v.size())) {
    throw udf::state_error("the snapshot's values do not fit the options of the filter");
  }
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (!std::isfinite(v[i])) throw udf::state_error("the snapshot has a value that is no number");
  }
  options_.made->restore(memory_);
}

}  // namespace kapacitor::udf::functions
