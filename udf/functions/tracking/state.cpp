#include "functions/tracking/state.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "functions/points/input.hpp"
#include "functions/windows/elapsed.hpp"

namespace kapacitor::udf::functions {
namespace {

/// The text, cut where it is too long; not within a character of UTF-8.
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
                "a number where levels are given, else a string, a bool or an int",
                udf::not_empty())
      .optional("level", &options::level,
                "name and threshold of a level, in order of severity; none: the field's values are "
                "the states")
      .optional("normal", &options::normal, "name of the state short of all levels",
                udf::not_empty())
      .optional("hysteresis", &options::hysteresis,
                "how far back beyond its threshold a level is left, in the field's unit",
                udf::at_least(0.0))
      .optional("direction", &options::direction, "where levels lie of their thresholds",
                udf::one_of({"above", "below"}))
      .optional("minPoints", &options::min_points, "points before a new state is believed",
                udf::at_least(1))
      .optional("minDuration", &options::min_duration, "time before a new state is believed",
                udf::at_least(nanoseconds(0)))
      .optional("window", &options::window,
                "time of the data within which changes are counted (0s: they are not)",
                udf::at_least(nanoseconds(0)))
      .optional("flapping", &options::flapping,
                "changes within the window from which on the state is flapping",
                udf::between(1, most_changes))
      .optional("unit", &options::unit, "what the duration is written in",
                udf::more_than(nanoseconds(0)))
      .with(output("field to write the state to"));
}

void tracked_state::options::check() {
  udf::option_problems problems;
  if (level.empty() && hysteresis > 0)
    problems.add("hysteresis needs levels: .level(name, threshold)");
  if (level.empty() && direction != "above")
    problems.add("direction needs levels: .level(name, threshold)");
  if (flapping && window.count() == 0) {
    problems.add("flapping needs the time to count the changes in: .window(duration)");
  }
  const auto check_name = [&](const std::string& option, const std::string& name) {
    if (name.size() <= longest_name) return;
    problems.add(option + " must name a state with at most 256 bytes, got " +
                 std::to_string(name.size()));
  };
  check_name("normal", normal);
  for (const auto& l : level) check_name("level", l.first);
  try {
    by_level = levels::make(normal, level, hysteresis, direction == "below");
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
  if (started() && time < newest_) return out.skip();
  bool changed = false;
  if (options_.by_level.empty()) {
    value_name names;
    const auto name = names.of(p.find(options_.field));
    if (!name) return out.skip();
    changed = take(time, *name);
  } else {
    const auto x = finite_number(p, options_.field);
    if (!x) return out.skip();
    level_ = options_.by_level.next(level_, *x);
    changed = take(time, options_.by_level.name(level_));
  }
  if (options_.window.count() > 0) count_changes(time, changed);
  send(p, changed, out);
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

void tracked_state::count_changes(std::int64_t time, bool changed) {
  while (!changes_.empty() && elapsed(changes_.front(), time) >= unsigned_ns(options_.window)) {
    changes_.pop_front();
  }
  if (!changed) return;
  if (changes_.size() == most_changes) changes_.pop_front();
  changes_.push_back(time);
}

void tracked_state::send(const udf::point& p, bool changed, udf::emitter& out) const {
  answer<6> fields;
  fields.add(options_.as, current_)
      .add(options_.as_duration, static_cast<double>(elapsed(since_, newest_)) /
                                     static_cast<double>(options_.unit.count()))
      .add(options_.as_count, count_)
      .add(options_.as_changed, changed);
  if (options_.window.count() > 0) fields.add(options_.as_changes, changes_.size());
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
  refuse_unless(changes_.size() <= (options_.window.count() > 0 ? most_changes : 0),
                "it has changed too often");
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    refuse_unless(changes_[i] <= (i + 1 < changes_.size() ? changes_[i + 1] : newest_),
                  "its changes are not in order of time");
  }
}

udf::description tracked_state::describe() {
  return {
      .computes =
          "The state that a field is in, how long and for how many points it has been in it, and "
          "how often the state has changed of late.\n\n"
          "With levels, .level('warn', 80.0) .level('crit', 90.0): the most severe level that x "
          "has reached. A level is reached when x ≥ threshold, and left again when x < threshold − "
          "hysteresis; with direction 'below' when x ≤ threshold and when x > threshold + "
          "hysteresis. Short of all levels the state is `normal`. Without levels the states are "
          "the values of the field: of a string its first 256 bytes, of a bool true and false, of "
          "an int its digits.\n\n"
          "A new state is believed when `minPoints` points in a row and for at least "
          "`minDuration` have been in it, from the first of them to the newest. Till then the old "
          "state goes on and those points count for it. Once it is believed, the new state's "
          "duration and count begin with the first of those points. The very first state is "
          "believed at once.",
      .outputs = {{"`as`", "string", "the state"},
                  {"`as`_duration", "double",
                   "time in the state, from its first point to this one, in `unit`s"},
                  {"`as`_count", "int", "points in the state, this one included"},
                  {"`as`_changed", "bool", "whether the state has changed with this point"},
                  {"`as`_changes", "int",
                   "with `window`: changes in (time − window, time]; at most 1000 are counted"},
                  {"`as`_flapping", "bool",
                   "with `flapping`: whether there are that many changes within the window"}},
      .times =
          "A late point is dropped: it says nothing of the state now. Points of equal times "
          "count in the order they come.",
      .cost = "O(1) amortised; O(levels) where several levels are passed at once",
      .state =
          "160 bytes, and the names of the current and of the last other state where they "
          "have more than 15 bytes; 8 more for each change within the window, at most 8000. "
          "In the snapshot 51, both names and the changes"};
}

}  // namespace kapacitor::udf::functions
