#include "functions/signal/resample.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {

/// The fields of one grid time. Emits nothing if there are none.
class resample::answer_at {
 public:
  explicit answer_at(const options& o) : options_(o) {}

  void add(std::size_t field, double x, bool filled) {
    if (!std::isfinite(x)) return;
    fields_.push_back({options_.names[field], x});
    if (options_.mark_filled) fields_.push_back({options_.marks[field], filled});
  }
  /// Returns: whether there was anything to say.
  bool send(const group_header& group, std::int64_t time, udf::emitter& out) {
    if (fields_.empty()) return false;
    out.emit(group.header(), udf::timestamp(std::chrono::nanoseconds(time)),
             std::span<const udf::field>(fields_.data(), fields_.size()));
    fields_.clear();
    return true;
  }

 private:
  const options& options_;
  boost::container::static_vector<udf::field, 2 * most_fields> fields_;
};

void resample::on_point(const udf::point& p, udf::emitter& out) {
  numbers x;
  for (const auto& field : options_.fields) x.push_back(finite_number(p, field));
  if (std::none_of(x.begin(), x.end(), [](const auto& one) { return one.has_value(); })) {
    return skip_without_numbers(p, options_.fields, out);
  }
  const auto time = p.time().time_since_epoch().count();
  if (!grid_.reaches(time)) return out.skip(udf::reason::out_of_range, "time");
  if (options_.how == options::way::mean) {
    prepare();
    emit_means_before(grid_.at_or_before(time), p, out);
    take(time, x);
  } else {
    add_to_reading(time, x, p, out);
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!x[i]) note_missing_number(p, options_.fields[i], out);
  }
  if (!options_.uses_clock()) return;
  group_.keep(p);
  live_.take(p.time());
}

/// An interval that was answered takes no more points; else what counts is the newest value.
udf::timestamp resample::earliest() const {
  const auto newest = reading_.waits() ? std::optional(reading_.time) : newest_;
  const auto first = options_.how == options::way::mean ? next_ : newest;
  return first ? udf::timestamp(std::chrono::nanoseconds(*first)) : udf::timestamp::min();
}

/// A reading that is complete is told at once.
void resample::add_to_reading(std::int64_t time, const numbers& x, const udf::point& p,
                              udf::emitter& out) {
  if (reading_.waits() && time > reading_.time) settle(p, out);
  const auto is_known = [](const auto& one) { return one.has_value(); };
  if (!reading_.waits() && std::all_of(x.begin(), x.end(), is_known)) {
    prepare();
    emit_up_to(time, x, p, out);
    return take(time, x);
  }
  reading_.add(time, x);
  if (std::all_of(reading_.first.begin(), reading_.first.end(), is_known)) settle(p, out);
}

/// What waits is as complete as it gets.
template <class Source>
void resample::settle(const Source& like, udf::emitter& out) {
  const auto time = reading_.time;
  const numbers first(reading_.first.begin(), reading_.first.end());
  const numbers latest(reading_.latest.begin(), reading_.latest.end());
  reading_.clear();
  prepare();
  emit_up_to(time, first, like, out);
  take(time, latest);
}

void resample::prepare() {
  if (!last_.empty()) return;
  last_.resize(options_.fields.size());
  if (options_.how == options::way::mean) sums_.resize(options_.fields.size());
}

void resample::on_time(udf::timestamp now, udf::emitter& out) {
  const auto live = next_ || reading_.waits() ? live_.time(now) : std::nullopt;
  if (!live) return;
  const auto time = live->time_since_epoch().count();
  if (!grid_.reaches(time) || !grid_.reaches(time - grid_.step())) return;
  if (reading_.waits() && reading_.time <= time - grid_.step()) settle(group_, out);
  if (!next_ || options_.how == options::way::linear) return;
  const auto end = grid_.at_or_before(time - grid_.step());
  if (options_.how == options::way::mean) {
    emit_means_before(end, group_, out);
  } else {
    emit_up_to(end, numbers(last_.size()), group_, out);
  }
}

/// The interval that has begun; the grid time after the newest point, if its value was emitted at
/// none. Later ones would say less of the same points.
void resample::on_finish(udf::emitter& out) {
  if (reading_.waits()) settle(group_, out);
  if (!newest_ || options_.how == options::way::linear) return;
  if (options_.how == options::way::mean) {
    const bool counting =
        std::any_of(sums_.begin(), sums_.end(), [](const total& t) { return t.count > 0; });
    if (counting) emit_means_before(*next_ + grid_.step(), group_, out);
  } else if (grid_.at_or_before(*newest_) != *newest_) {
    emit_up_to(grid_.at_or_before(*newest_) + grid_.step(), numbers(last_.size()), group_, out);
  }
}

/// What is known from now on.
void resample::take(std::int64_t time, const numbers& x) {
  newest_ = newest_ ? std::max(*newest_, time) : time;
  const auto at = grid_.at_or_before(time);
  const auto next = options_.how == options::way::mean ? at : at + grid_.step();
  next_ = next_ ? std::max(*next_, next) : next;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!x[i]) continue;
    if (options_.how == options::way::mean) {
      sums_[i].add(*x[i]);
    } else {
      last_[i] = {*x[i], time};
    }
  }
}

/// Emits the grid times that were not, up to `time`, at which the numbers x have come, if any.
/// `like`: a point of the group, or what is kept of one.
template <class Source>
void resample::emit_up_to(std::int64_t time, const numbers& x, const Source& like,
                          udf::emitter& out) {
  const auto last = grid_.at_or_before(time);
  const auto first = next_.value_or(last);
  if (last < first || (!next_ && last < time)) return;
  const group_header group(like);
  answer_at answer(options_);
  // If no field has a value any more, none will have one at any later time but the point's own.
  const auto fill = [&](std::int64_t at) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto value = between(i, at, time, x[i]);
      if (value) answer.add(i, *value, !(at == time && x[i]) && is_old(last_[i], at));
    }
    const bool sent = answer.send(group, at, out);
    if (sent) next_ = at + grid_.step();
    return sent;
  };
  for (auto at = first; at < last || (at == last && at < time); at += grid_.step()) {
    if (!fill(at)) break;
  }
  if (last == time) fill(last);
}

std::optional<double> resample::between(std::size_t field, std::int64_t at, std::int64_t time,
                                        const std::optional<double>& x) const {
  if (at == time && x) return x;
  const auto& before = last_[field];
  if (!before.value) return std::nullopt;
  if (options_.how == options::way::previous) {
    return in_reach(before, at) ? before.value : std::nullopt;
  }
  if (!x || !in_reach(before, time)) return std::nullopt;
  const double part = static_cast<double>(elapsed(before.time, at)) /
                      static_cast<double>(elapsed(before.time, time));
  const double step = *x - *before.value;
  return std::isfinite(step) ? *before.value + part * step : (1 - part) * *before.value + part * *x;
}

bool resample::in_reach(const known& k, std::int64_t at) const {
  return k.value && elapsed(k.time, at) <= options_.max_fill_ns;
}

/// Whether a value at `at` that comes from there is one of a gap.
bool resample::is_old(const known& k, std::int64_t at) const {
  return elapsed(k.time, at) >= static_cast<std::uint64_t>(grid_.step());
}

/// Emits the intervals that were not, up to that end.
template <class Source>
void resample::emit_means_before(std::int64_t end, const Source& like, udf::emitter& out) {
  if (!next_ || *next_ >= end) return;
  const group_header group(like);
  answer_at answer(options_);
  while (*next_ < end) {
    // If no field has a value to fill the gap with any more, none will have one later.
    if (!emit_mean(*next_, group, answer, out)) break;
    *next_ += grid_.step();
  }
}

/// Emits the interval that begins at `at`. Returns: whether there was anything to say.
bool resample::emit_mean(std::int64_t at, const group_header& group, answer_at& answer,
                         udf::emitter& out) {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const bool filled = sums_[i].count == 0;
    if (!filled) last_[i] = {sums_[i].mean(), at};
    if (in_reach(last_[i], at)) answer.add(i, *last_[i].value, filled);
    sums_[i] = {};
  }
  return answer.send(group, at, out);
}

/// Empty if the sum is beyond what a double holds.
std::optional<double> resample::total::mean() const {
  const double all = sum.value();
  if (!std::isfinite(all)) return std::nullopt;
  return all / static_cast<double>(count);
}

}  // namespace kapacitor::udf::functions
