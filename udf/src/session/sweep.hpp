#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

/// Calls on_time() or on_finish() for the groups of a task, one after the other: as far as there is
/// room for what they say, and then on from there. Groups that are old by the time told are
/// forgotten after they have heard it.
class sweep {
 public:
  /// The wall clock says `now`. One that is still under way is done first, with its own time.
  void begin_time(timestamp now) {
    if (!active_) start(now);
  }
  /// The input has ended.
  void begin_finish() { start(std::nullopt); }
  bool active() const { return active_; }

  /// Handles the next group: calls `call(group, say)`, where say() calls the function. After the
  /// last one the sweep is no longer active.
  template <class Call>
  void step(task& t, emitter& out, Call call) {
    const bool nobody_listens = now_ && !t.wants_time();
    if (!std::exchange(begun_, true) && !nobody_listens) next_ = t.next_group(task::no_group);
    const auto group = next_;
    if (group == task::no_group) {
      active_ = false;
      if (now_) t.forget_old(out);
      return;
    }
    next_ = t.next_group(group);  // before the call, in which the group may be lost
    call(t.group(group), [&] { now_ ? t.on_time(group, *now_, out) : t.on_finish(group, out); });
  }

 private:
  void start(std::optional<timestamp> now) {
    now_ = now;
    next_ = task::no_group;
    begun_ = false;
    active_ = true;
  }

  std::optional<timestamp> now_;  // empty: the end of the input
  std::size_t next_ = task::no_group;
  bool begun_ = false, active_ = false;
};

}  // namespace kapacitor::udf::agent
