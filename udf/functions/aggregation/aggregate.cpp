#include "functions/aggregation/aggregate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <boost/container/static_vector.hpp>

#include "functions/points/group_header.hpp"
#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

using aggregated =
    boost::container::static_vector<std::optional<double>, aggregate::options::most_outputs>;

/// Not finite if it cannot be said: no value, or beyond a double.
double number_of(aggregate::kind what, const accumulator& a) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  if (a.count() == 0) return unknown;
  switch (what) {
    case aggregate::kind::sum:
      return a.sum();
    case aggregate::kind::mean:
      return a.sum() / static_cast<double>(a.count());
    case aggregate::kind::min:
      return a.min();
    case aggregate::kind::max:
      return a.max();
    case aggregate::kind::spread:
      return a.max() - a.min();
    case aggregate::kind::first:
      return a.first();
    case aggregate::kind::last:
      return a.last();
    case aggregate::kind::stddev:
      return a.count() > 1 ? std::sqrt(a.variance()) : unknown;
    case aggregate::kind::variance:
      return a.count() > 1 ? a.variance() : unknown;
    case aggregate::kind::count:
      break;
  }
  return unknown;
}

}  // namespace

void aggregate::on_point(const udf::point& p, udf::emitter& out) {
  aggregated found;
  bool any = false;
  for (const auto& in : options_.inputs) {
    found.push_back(finite_number(p, in.field));
    any = any || found.back();
  }
  if (!any) return skip_without_any(p, out);
  const auto time = p.time().time_since_epoch().count();
  const auto pane = grid().number(time);
  if (const auto end = closed_by(time, pane); end > closed_) close(end, p, out);
  if (pane + options_.panes <= closed_) return out.skip(udf::reason::late, grid().begin(closed_));
  group_.keep(p);
  live_.take(p.time());
  accumulator* part = pane_of(pane);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i]) {
      part[i].add(time, *found[i], options_.inputs[i].with_variance);
    } else {
      note_missing_number(p, options_.inputs[i].field, out);
    }
  }
}

void aggregate::skip_without_any(const udf::point& p, udf::emitter& out) const {
  std::vector<std::string> fields;
  for (const auto& in : options_.inputs) fields.push_back(in.field);
  skip_without_numbers(p, fields, out);
}

/// The latest end of a window that a point of this time leaves behind.
inline std::int64_t aggregate::closed_by(std::int64_t time, std::int64_t pane) const {
  const auto grace = options_.grace.count();
  if (grace == 0) return pane;
  return grid().number(time < INT64_MIN + grace ? INT64_MIN : time - grace);
}

/// As a point of that time would, if one came.
void aggregate::on_time(udf::timestamp now, udf::emitter& out) {
  if (numbers_.empty()) return;
  const auto live = live_.time(now);
  if (!live) return;
  const auto time = live->time_since_epoch().count();
  if (const auto end = closed_by(time, grid().number(time)); end > closed_) close(end, group_, out);
}

/// Up to the window that the newest point is in: later ones would say less of the same points.
void aggregate::on_finish(udf::emitter& out) {
  if (numbers_.empty() || numbers_.back() == grid().most()) return;
  if (const auto end = numbers_.back() + 1; end > closed_) close(end, group_, out);
}

/// Windows without points are skipped over, not walked through: a gap may be of years.
/// `like`: a point of the group, or what is kept of one.
template <class Source>
void aggregate::close(std::int64_t end, const Source& like, udf::emitter& out) {
  for (auto e = closed_ + 1; !numbers_.empty(); ++e) {
    e = std::max(e, numbers_.front() + 1);
    if (e > end) break;
    const group_header group(like);
    emit(e, group.header(), out);
    leave_before(e + 1 - options_.panes);
  }
  closed_ = end;
}

void aggregate::leave_before(std::int64_t pane) {
  const auto first = std::lower_bound(numbers_.begin(), numbers_.end(), pane);
  const auto leaving = first - numbers_.begin();
  if (leaving == 0) return;
  numbers_.erase(numbers_.begin(), first);
  parts_.erase(parts_.begin(),
               parts_.begin() + leaving * static_cast<std::ptrdiff_t>(options_.inputs.size()));
}

void aggregate::emit(std::int64_t end, const udf::header& like, udf::emitter& out) const {
  std::array<accumulator, options::most_outputs> whole;
  const auto inputs = options_.inputs.size();
  for (std::size_t k = 0; k < numbers_.size() && numbers_[k] < end; ++k) {
    for (std::size_t i = 0; i < inputs; ++i) whole[i].merge(parts_[k * inputs + i]);
  }
  boost::container::static_vector<udf::field, options::most_outputs> fields;
  for (const auto& o : options_.outputs) {
    if (o.what == kind::count) {
      fields.push_back({o.name, whole[o.input].count()});
    } else if (const double x = number_of(o.what, whole[o.input]); std::isfinite(x)) {
      fields.push_back({o.name, x});
    } else if (const auto values = whole[o.input].count(); values != 0) {
      out.note(values == 1 ? udf::reason::too_few : udf::reason::overflow, o.name);
    }
  }
  if (fields.empty()) return;
  out.emit(like, grid().begin(end), std::span<const udf::field>(fields.data(), fields.size()));
}

/// The accumulators of a pane, made if it has none yet.
inline accumulator* aggregate::pane_of(std::int64_t number) {
  const auto inputs = options_.inputs.size();
  if (numbers_.empty() || numbers_.back() != number) [[unlikely]] {
    const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), number);
    const auto at = found - numbers_.begin();
    const auto part = at * static_cast<std::ptrdiff_t>(inputs);
    if (found == numbers_.end() || *found != number) {
      numbers_.insert(found, number);
      parts_.insert(parts_.begin() + part, inputs, accumulator());
    }
    return parts_.data() + part;
  }
  return parts_.data() + (numbers_.size() - 1) * inputs;
}

void aggregate::check_state() const {
  const auto most = grid().most();
  bool good = parts_.size() == numbers_.size() * options_.inputs.size() &&
              numbers_.size() <= static_cast<std::size_t>(options_.panes + options_.waiting);
  if (closed_ == never) {
    good = good && numbers_.empty();
  } else {
    good = good && closed_ >= -most - 1 && closed_ <= most;
  }
  for (std::size_t k = 0; good && k < numbers_.size(); ++k) {
    good = numbers_[k] >= -most - 1 && numbers_[k] > closed_ - options_.panes &&
           numbers_[k] <= closed_ + options_.waiting && numbers_[k] <= most &&
           (k == 0 || numbers_[k - 1] < numbers_[k]);
  }
  if (!good) throw udf::state_error("the snapshot's panes do not fit the options");
}

}  // namespace kapacitor::udf::functions
