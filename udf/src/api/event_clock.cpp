#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/text/time_text.hpp"
#include <kapacitor/udf/detail/event_clock.hpp>

namespace kapacitor::udf::detail {
namespace {

constexpr std::uint64_t far = 100;            // usual paces: a jump further ahead is unusual
constexpr std::uint64_t plausible_pace = 4;   // usual paces, of a run of late points
constexpr std::uint64_t convincing_run = 10;  // times lateRun: such a run is believed at any pace

/// The ns from one time to a later one: they may be more than an int64 holds.
std::uint64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

std::int64_t count(timestamp t) {
  return t.time_since_epoch().count();
}

std::uint64_t times(std::uint64_t n, std::uint64_t x) {
  return x > std::numeric_limits<std::uint64_t>::max() / n
             ? std::numeric_limits<std::uint64_t>::max()
             : n * x;
}

std::uint64_t margin(const clock_options& o) {
  return static_cast<std::uint64_t>(o.max_ahead.count());
}
std::uint64_t length_of_run(const clock_options& o) {
  return static_cast<std::uint64_t>(o.late_run);
}

/// "the group host=a", to say whose point it was.
std::string named(std::string_view group) {
  return group.empty() ? "the points" : "the group " + std::string(group);
}

}  // namespace

/// A point that is held back; and the late points that may turn out to be right.
struct event_clock::doubts {
  point_buffer held;  // one or none
  std::int64_t held_time = 0;
  std::uint32_t suspects = 0;  // points held back in a row, the one at hand included
  std::int64_t run_first = 0, run_newest = 0;
  std::uint32_t run_points = 0;
  std::uint32_t run_steps = 0;   // of them, those that were newer than all before
  std::uint32_t run_strays = 0;  // late points since the last one of the run that are no part of it

  void clear() {
    held.clear();
    held_time = run_first = run_newest = 0;
    suspects = run_points = run_steps = run_strays = 0;
  }
  void begin_run(std::int64_t t) {
    run_first = run_newest = t;
    run_points = run_steps = 1;
    run_strays = 0;
  }
  void go_on(std::int64_t t) {
    ++run_points;
    run_strays = 0;
    if (t <= run_newest) return;
    ++run_steps;
    run_newest = t;
  }

  auto state() {
    return std::tie(held, held_time, suspects, run_first, run_newest, run_points, run_steps,
                    run_strays);
  }
  void check_state() {
    const bool sound = held.size() <= 1 && run_first <= run_newest && run_steps <= run_points &&
                       (held.empty() || count(held[0].time()) == held_time);
    if (!sound) throw state_error("the snapshot's doubtful points cannot be");
  }
};

event_clock::event_clock() = default;
event_clock::~event_clock() = default;

event_clock::doubts& event_clock::doubt() {
  if (!doubts_) doubts_ = std::make_unique<doubts>();
  wary_ = true;
  return *doubts_;
}

void event_clock::forget_doubts() {
  if (!wary_) return;
  wary_ = false;
  doubts_->clear();
}

/// Of the last block, or of the points so far; 0 if it is not known.
std::uint64_t event_clock::pace() const {
  if (pace_ != 0) return pace_;
  return begun_ && points_ > 1 ? distance(first_, newest_) / (points_ - 1) : 0;
}

/// How far apart two points may be that belong together.
std::uint64_t event_clock::reach(const clock_options& o) const {
  return std::max(margin(o), times(far, pace()));
}

bool event_clock::beyond_wall_clock(timestamp time, const clock_view& view) {
  using std::chrono::nanoseconds;
  const auto now =
      view.now ? *view.now
               : std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
  return time > now && distance(count(now), count(time)) > margin(view.options);
}

bool event_clock::is_suspicious(std::int64_t t, const clock_view& view) const {
  if (margin(view.options) == 0) return false;
  if (begun_ && (t <= newest_ || distance(newest_, t) <= reach(view.options))) return false;
  return beyond_wall_clock(timestamp(std::chrono::nanoseconds(t)), view);
}

bool event_clock::agrees_with_held(std::int64_t t, const clock_view& view) const {
  const auto held = doubts_->held_time;
  const auto apart = t < held ? distance(t, held) : distance(held, t);
  const bool nearer = !begun_ || (t > newest_ && apart < distance(newest_, t));
  if (nearer && apart <= reach(view.options)) return true;
  if (!is_suspicious(t, view)) return false;
  // Nothing is known of the pace yet, or points that all disagree come one after the other.
  return (pace() == 0 && t >= held) ||
         doubts_->suspects >= std::max<std::uint64_t>(1, length_of_run(view.options));
}

event_clock::verdict event_clock::judge(const point& p, const clock_view& view, emitter& out) {
  const auto t = count(p.time());
  const bool late = p.time() < view.earliest;
  const bool behind = begun_ && t < newest_ && distance(t, newest_) > reach(view.options);
  if (!late && !behind) return judge_ahead(p, view, out);
  if (!believes_run(t, view)) {
    if (!late) return verdict::deliver;
    out.skip(reason::late, newest_of(view));
    return verdict::late;
  }
  drop_held(p.time(), out);
  warn_of_set_back(p, view, out);
  return verdict::set_back;
}

event_clock::verdict event_clock::judge_ahead(const point& p, const clock_view& view,
                                              emitter& out) {
  const auto t = count(p.time());
  if (wary_ && !doubts_->held.empty()) {
    if (agrees_with_held(t, view)) return verdict::deliver_both;
    drop_held(p.time(), out);
  }
  if (is_suspicious(t, view)) {
    hold(p);
    return verdict::hold;
  }
  forget_doubts();
  accept(p.time(), view.options);
  return verdict::deliver;
}

void event_clock::hold(const point& p) {
  auto& d = doubt();
  d.held.clear();
  d.held.push_back(p);
  d.held_time = count(p.time());
  ++d.suspects;
}

std::unique_ptr<point_buffer> event_clock::take_held() {
  if (!wary_ || doubts_->held.empty()) return nullptr;
  auto taken = std::make_unique<point_buffer>(std::move(doubts_->held));
  doubts_->held = {};
  forget_doubts();
  return taken;
}

void event_clock::drop_held(timestamp against, emitter& out) {
  if (!wary_ || doubts_->held.empty()) return;
  {
    const speaking_of held(out, doubts_->held[0]);
    out.skip(reason::future, against);
  }
  doubts_->held.clear();
}

/// Adds the late point to those before it. Returns: whether they are right, and not the clock.
bool event_clock::believes_run(std::int64_t t, const clock_view& view) {
  auto& d = doubt();
  const auto back = t < d.run_newest ? distance(t, d.run_newest) : 0;
  const bool begins = d.run_points == 0;
  if (!begins && back <= reach(view.options)) {
    d.go_on(t);
  } else if (begins || ++d.run_strays > length_of_run(view.options)) {
    d.begin_run(t);
  }
  const auto enough = length_of_run(view.options);
  if (enough == 0 || d.run_steps < enough) return false;
  const auto span = distance(d.run_first, d.run_newest);
  const auto step = std::max<std::uint64_t>(1, span / std::max<std::uint32_t>(1, d.run_steps - 1));
  // One of a batch that another sender had kept: it will soon have caught up.
  if (distance(t, count(newest_of(view))) / step <= enough) return false;
  const auto usual = pace();
  return usual == 0 || span / d.run_points <= times(plausible_pace, usual) ||
         d.run_steps >= convincing_run * enough;
}

/// What the points are late for.
timestamp event_clock::newest_of(const clock_view& view) const {
  return std::max(newest(), view.earliest);
}

void event_clock::warn_of_set_back(const point& p, const clock_view& view, emitter& out) const {
  out.warn("the clock of " + named(p.group()) + " is set back from " +
           time_to_text(count(newest_of(view))) + " to " + time_to_text(count(p.time())) + ": " +
           std::to_string(doubts_->run_steps) + " late points in a row agree");
}

void event_clock::accept(timestamp time, const clock_options& o) {
  const auto t = count(time);
  if (!begun_) {
    begun_ = true;
    first_ = newest_ = t;
    points_ = 1;
    return;
  }
  if (points_ >= block) {
    pace_ = distance(first_, newest_) / (points_ - 1);
    first_ = newest_;
    points_ = 1;
  }
  ++points_;
  if (t <= newest_) return;
  const auto ahead = distance(newest_, t);
  // A gap is no pace.
  if (pace() != 0 && ahead > reach(o))
    first_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(first_) + ahead);
  newest_ = t;
}

void event_clock::go_on_from(timestamp newest) {
  begun_ = true;
  first_ = newest_ = count(newest);
  points_ = 1;
  forget_doubts();
}

void event_clock::begin_again(timestamp first) {
  pace_ = 0;
  go_on_from(first);
}

}  // namespace kapacitor::udf::detail

namespace kapacitor::udf {

void state_codec<detail::event_clock>::save(state_writer& out, detail::event_clock& x) {
  if (x.is_fresh()) return;
  auto times = x.own_times();
  out.write(times);
  out.write(x.wary_);
  if (x.wary_) out.write(*x.doubts_);
}

void state_codec<detail::event_clock>::load(state_reader& in, detail::event_clock& x) {
  if (in.empty()) return;
  auto times = x.own_times();
  in.read(times);
  bool wary = false;
  in.read(wary);
  if (wary) in.read(x.doubt());
  const bool sound = x.begun_ ? x.first_ <= x.newest_ && x.points_ >= 1 && x.points_ <= x.block
                              : wary && x.newest_ == INT64_MIN && x.points_ == x.block;
  if (!sound) throw state_error("the snapshot's clock cannot be");
}

}  // namespace kapacitor::udf
