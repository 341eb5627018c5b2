// What `resample` remembers: the incomplete reading, and snapshots.
#include <cmath>

#include "functions/signal/resample.hpp"

namespace kapacitor::udf::functions {

/// Of a field that comes twice the first is the value at just that time, the last goes on.
void resample::reading::add(std::int64_t at, const numbers& x) {
  time = at;
  first.resize(x.size());
  latest.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!x[i]) continue;
    if (!first[i]) first[i] = x[i];
    latest[i] = x[i];
  }
}

void resample::reading::clear() {
  first.clear();
  latest.clear();
}

void resample::migrate(unsigned, udf::state_reader& in) {
  auto first = std::tie(newest_, next_, last_, sums_, group_, live_);
  in.read(first);
}

void resample::check_state() const {
  const auto fields = options_.fields.size();
  const bool means = options_.how == options::way::mean;
  if (last_.size() != (newest_ ? fields : 0) || sums_.size() != (newest_ && means ? fields : 0)) {
    throw udf::state_error("the snapshot's fields are not those of the options");
  }
  if (!fits_the_grid()) throw udf::state_error("the snapshot's time is beyond the grid");
  for (const auto& k : last_) {
    if (k.value && (k.time > *newest_ || !std::isfinite(*k.value))) {
      throw udf::state_error("the snapshot's last value cannot be");
    }
  }
  check_reading();
}

void resample::check_reading() const {
  const auto& r = reading_;
  if (!r.waits() && r.latest.empty()) return;
  const auto fields = options_.fields.size();
  bool good = r.first.size() == fields && r.latest.size() == fields && grid_.reaches(r.time) &&
              options_.how != options::way::mean && (!newest_ || r.time >= *newest_) &&
              !group_.empty();
  for (std::size_t i = 0; good && i < fields; ++i) {
    good = r.first[i].has_value() == r.latest[i].has_value() &&
           (!r.first[i] || (std::isfinite(*r.first[i]) && std::isfinite(*r.latest[i])));
  }
  if (!good) throw udf::state_error("the snapshot's incomplete reading cannot be");
}

bool resample::fits_the_grid() const {
  if (newest_.has_value() != next_.has_value()) return false;
  if (!newest_) return true;
  if (!grid_.reaches(*newest_) || !grid_.reaches(*next_)) return false;
  if (*next_ % grid_.step() != 0) return false;
  const auto at = grid_.at_or_before(*newest_);
  return *next_ >= (options_.how == options::way::mean ? at : at + grid_.step());
}

}  // namespace kapacitor::udf::functions
