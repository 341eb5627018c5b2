#include "functions/tracking/state.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

/// The text, cut if it is too long; not within a character of UTF-8.
std::string_view bounded(std::string_view text) {
  auto size = tracked_state::longest_name;
  if (text.size() <= size) return text;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  for (int i = 0; i < 3 && continues(size); ++i) --size;
  return text.substr(0, size);
}

}  // namespace

/// What a value is called as a state.
class tracked_state::value_name {
 public:
  std::optional<std::string_view> of(const udf::value* value) {
    if (!value) return std::nullopt;
    if (const auto text = value->text()) return bounded(*text);
    if (const auto truth = value->boolean()) return *truth ? "true" : "false";
    if (const auto number = value->integer()) {
      const auto* end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), *number).ptr;
      return std::string_view(digits_.data(), static_cast<std::size_t>(end - digits_.data()));
    }
    return std::nullopt;
  }

 private:
  std::array<char, 20> digits_;
};

udf::schema<tracked_state::options> tracked_state::options::describe() {
  using std::chrono::nanoseconds;
  return udf::schema<options>{}
      .required("field", &options::field,
                "field to track: a number if levels are given, else a string, a bool or an int",
                udf::not_empty())
      .optional("level", &options::level,
                "name and threshold of a level, in order of severity (unless given: the field's "
                "values are the states)")
      .optional("normalState", &options::normal_state, "name of the state short of all levels",
                udf::not_empty())
      .optional("hysteresis", &options::hysteresis,
                "how far back beyond its threshold a level is left, in the field's unit",
                udf::at_least(0.0))
      .optional("direction", &options::direction,
                "side of the threshold that counts as reached: 'above' or 'below'",
                udf::one_of({"above", "below"}))
      .optional("minPoints", &options::min_points, "points before a new state is believed",
                udf::at_least(1))
      .optional("minDuration", &options::min_duration, "time before a new state is believed",
                udf::at_least(nanoseconds(0)))
      .optional("changesWithin", &options::changes_within,
                "time of the data within which changes are counted (0s: they are not)",
                udf::at_least(nanoseconds(0)))
      .optional("flapping", &options::flapping,
                "changes within that time from which on the state is flapping",
                udf::between(1, most_changes))
      .optional("unit", &options::unit, "unit of time, of the duration",
                udf::more_than(nanoseconds(0)))
      .output_only()
      .with(udf::clock())
      .with(output("the state; the other fields written begin with it"));
}

void tracked_state::options::check() {
  udf::option_problems problems;
  if (level.empty() && hysteresis > 0)
    problems.add("hysteresis needs levels: .level(name, threshold)");
  if (level.empty() && direction != "above")
    problems.add("direction needs levels: .level(name, threshold)");
  if (flapping && changes_within.count() == 0) {
    problems.add("flapping needs the time to count the changes in: .changesWithin(duration)");
  }
  const auto check_name = [&](const std::string& option, const std::string& name) {
    if (name.size() <= longest_name) return;
    problems.add(option + " must name a state with at most 256 bytes, got " +
                 std::to_string(name.size()));
  };
  check_name("normalState", normal_state);
  for (const auto& l : level) check_name("level", l.first);
  try {
    by_level = levels::make(normal_state, level, hysteresis, direction == "below");
  } catch (const udf::option_error& problem) {
    problems.add(problem.what());
  }
  problems.throw_if_any();
  as_duration = as + "_duration";
  as_count = as + "_count";
  as_changed = as + "_changed";
  as_changes = as + "_changes";
  as_flapping = as + "_flapping";
}

void tracked_state::on_point(const udf::point& p, udf::emitter& out) {
  const auto time = p.time().time_since_epoch().count();
  bool changed = false;
  if (options_.by_level.empty()) {
    value_name names;
    const auto name = names.of(p.find(options_.field));
    if (!name) return skip_without_state(p, out);
    changed = take(time, *name);
    if (name->size() > longest_name - 4) [[unlikely]]
      note_cut_name(p, name->size(), out);
  } else {
    const auto x = finite_number(p, options_.field);
    if (!x) return skip_without_number(p, options_.field, out);
    level_ = options_.by_level.next(level_, *x);
    changed = take(time, options_.by_level.name(level_));
  }
  if (options_.changes_within.count() > 0) count_changes(time, changed, out);
  send(p, changed, out);
}

/// Without levels a double is none: it would be another state with each point.
void tracked_state::skip_without_state(const udf::point& p, udf::emitter& out) const {
  out.skip(p.find(options_.field) ? udf::reason::wrong_type : udf::reason::missing_field,
           options_.field);
}

/// The state and its points stay; how long it has lasted, nobody knows any more.
void tracked_state::set_back(udf::timestamp to) {
  newest_ = since_ = candidate_since_ = to.time_since_epoch().count();
  changes_.clear();
}

/// Returns: whether the state has changed.
inline bool tracked_state::take(std::int64_t time, std::string_view name) {
  newest_ = time;
  if (!started()) {
    current_ = name;
    since_ = time;
  } else if (name == current_) {
    candidate_count_ = 0;
  } else if (believes(time, name)) {
    return true;
  }
  ++count_;
  return false;
}

/// Whether the other state has lasted long enough; then it is the current one.
bool tracked_state::believes(std::int64_t time, std::string_view name) {
  if (candidate_count_ == 0 || name != candidate_) {
    candidate_ = name;
    candidate_since_ = time;
    candidate_count_ = 0;
  }
  ++candidate_count_;
  if (candidate_count_ < static_cast<std::uint64_t>(options_.min_points) ||
      elapsed(candidate_since_, time) < unsigned_ns(options_.min_duration)) {
    return false;
  }
  current_.swap(candidate_);  // each keeps the other's memory
  since_ = candidate_since_;
  count_ = candidate_count_;
  candidate_count_ = 0;
  return true;
}

void tracked_state::note_cut_name(const udf::point& p, std::size_t size, udf::emitter& out) const {
  const auto* value = p.find(options_.field);
  const auto text = value ? value->text() : std::nullopt;
  if (text && text->size() > size) out.note(udf::reason::limit, options_.field);
}

void tracked_state::count_changes(std::int64_t time, bool changed, udf::emitter& out) {
  while (!changes_.empty() &&
         elapsed(changes_.front(), time) >= unsigned_ns(options_.changes_within)) {
    changes_.pop_front();
  }
  if (!changed) return;
  if (changes_.size() == most_changes) {
    changes_.pop_front();
    out.note(udf::reason::cut_window, "changesWithin");
  }
  changes_.push_back(time);
}

void tracked_state::send(const udf::point& p, bool changed, udf::emitter& out) const {
  output_fields<6> fields;
  fields.add(options_.as, current_)
      .add(options_.as_duration, static_cast<double>(elapsed(since_, newest_)) /
                                     static_cast<double>(options_.unit.count()))
      .add(options_.as_count, count_)
      .add(options_.as_changed, changed);
  if (options_.changes_within.count() > 0) fields.add(options_.as_changes, changes_.size());
  if (options_.flapping) {
    fields.add(options_.as_flapping,
               changes_.size() >= static_cast<std::size_t>(*options_.flapping));
  }
  fields.send(p, options_.keep, out);
}

void tracked_state::check_state() const {
  const auto refuse_unless = [](bool sound, const char* what) {
    if (!sound) throw udf::state_error("the snapshot's state is none: " + std::string(what));
  };
  refuse_unless(current_.size() <= longest_name && candidate_.size() <= longest_name,
                "its name is too long");
  refuse_unless(since_ <= newest_ && (candidate_count_ == 0 || candidate_since_ <= newest_),
                "it begins after the newest point");
  const auto& by_level = options_.by_level;
  refuse_unless(level_ <= by_level.highest() || (by_level.empty() && level_ == 0),
                "its level does not exist");
  refuse_unless(by_level.empty() || !started() || by_level.has_name(current_),
                "no level has its name");
  refuse_unless(changes_.size() <= (options_.changes_within.count() > 0 ? most_changes : 0),
                "it has changed too often");
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    refuse_unless(changes_[i] <= (i + 1 < changes_.size() ? changes_[i + 1] : newest_),
                  "its changes are not in order of time");
  }
}

}  // namespace kapacitor::udf::functions
