#pragma once

#include <cstdint>
#include <string_view>

#include "session/totals.hpp"
#include "session/warnings.hpp"

namespace kapacitor::udf::agent {

/// What an emitter leaves out, or a task forgets: when that is worth a warning.
class left_out {
 public:
  /// Whether there is anything at all: asked for often, and as a rule there is nothing.
  static bool any(const session_totals& t, std::uint64_t evicted_groups) {
    return (t.non_finite_fields | t.empty_points | t.batches_dropped | evicted_groups) != 0;
  }
  /// Calls say(phrase, count) for each whose number is due.
  template <class Say>
  void take_due(const session_totals& t, std::uint64_t evicted_groups, Say say) {
    const auto one = [&](doubling& when, std::uint64_t count, std::string_view phrase) {
      if (count != 0 && when.due(count)) say(phrase, count);
    };
    one(non_finite_, t.non_finite_fields, "fields left out: NaN or infinite");
    one(empty_, t.empty_points, "points not emitted: no fields");
    one(dropped_, t.batches_dropped, "batches dropped: not closed by the function");
    one(evicted_, evicted_groups, "groups forgotten: more than --max-groups");
  }

 private:
  doubling non_finite_, empty_, dropped_, evicted_;
};

}  // namespace kapacitor::udf::agent
