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
  const auto pane = options_.grid.number(time);
  if (const auto end = closed_by(time, pane); end > closed_) close(end, p, out);
  group_.keep(p);
  live_.take(p.time());
  const auto into = panes_.at(pane, shape());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& in = options_.inputs[i];
    if (!found[i]) {
      note_missing_number(p, in.field, out);
      continue;
    }
    into.parts[i].add(time, *found[i], in.with_variance);
    if (in.digest) into.digests[*in.digest].add(*found[i]);
  }
}

void aggregate::skip_without_any(const udf::point& p, udf::emitter& out) const {
  std::vector<std::string> fields;
  for (const auto& in : options_.inputs) fields.push_back(in.field);
  skip_without_numbers(p, fields, out);
}

udf::timestamp aggregate::earliest() const {
  return closed_ == never ? udf::timestamp::min()
                          : options_.grid.begin(closed_ + 1 - options_.panes);
}

/// The latest end of a window that a point of this time leaves behind.
inline std::int64_t aggregate::closed_by(std::int64_t time, std::int64_t pane) const {
  const auto grace = options_.grace.count();
  if (grace == 0) return pane;
  return options_.grid.number(time < INT64_MIN + grace ? INT64_MIN : time - grace);
}

/// As a point of that time would, if one came.
void aggregate::on_time(udf::timestamp now, udf::emitter& out) {
  if (panes_.empty() && !empty_.are_filled(options_)) return;
  const auto live = live_.time(now);
  if (!live) return;
  const auto time = live->time_since_epoch().count();
  const auto end = closed_by(time, options_.grid.number(time));
  if (end > closed_) close(end, group_, out);
}

/// Up to the window that the newest point is in: later ones would say less of the same points.
void aggregate::on_finish(udf::emitter& out) {
  if (panes_.empty() || panes_.newest() == options_.grid.most_number()) return;
  if (const auto end = panes_.newest() + 1; end > closed_) close(end, group_, out);
}

/// Windows without points that are not to be filled are skipped over, not walked through: a gap may
/// be of years. `like`: a point of the group, or what is kept of one.
template <class Source>
void aggregate::close(std::int64_t end, const Source& like, udf::emitter& out) {
  std::optional<group_header> group;
  for (auto e = closed_ + 1;; ++e) {
    if (!empty_.are_filled(options_)) {
      if (panes_.empty()) break;
      e = std::max(e, panes_.oldest() + 1);
    }
    if (e > end) break;
    if (!group) group.emplace(like);
    end_window(e, group->header(), out);
    panes_.leave_before(e + 1 - options_.panes, shape());
  }
  closed_ = end;
}

/// A window that ends with a stretch that the clock skips is the one before once more.
void aggregate::end_window(std::int64_t end, const udf::header& like, udf::emitter& out) {
  if (options_.grid.is_empty(end - 1)) return;
  if (panes_.empty() || panes_.oldest() >= end) {
    if (empty_.filled_one(options_)) out.note(udf::reason::limit, "maxFill");
  } else {
    empty_.found_values();
  }
  emit(end, like, out);
}

void aggregate::migrate(unsigned, udf::state_reader& in) {
  in.read(closed_);
  auto first = panes_.first_state();
  in.read(first);
  in.read(group_);
  in.read(live_);
}

void aggregate::check_state() {
  const auto& grid = options_.grid;
  bool good = panes_.fits(shape()) &&
              panes_.size() <= static_cast<std::size_t>(options_.panes + options_.waiting);
  if (closed_ == never) {
    good = good && panes_.empty();
  } else {
    good = good && closed_ >= grid.least_number() && closed_ <= grid.most_number();
  }
  if (good && !panes_.empty()) {
    good = panes_.oldest() >= grid.least_number() && panes_.oldest() > closed_ - options_.panes &&
           panes_.newest() <= closed_ + options_.waiting && panes_.newest() <= grid.most_number();
  }
  if (!good) throw udf::state_error("the snapshot's panes do not fit the options");
  empty_.check_state_of(options_.outputs.size());
  if (lag_ && !live_.resume(*lag_)) throw udf::state_error("the snapshot has an impossible lag");
}

}  // namespace kapacitor::udf::functions
