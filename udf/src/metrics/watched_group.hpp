#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "metrics/short_text.hpp"

// The points of a group as somebody watches them.
namespace kapacitor::udf::metrics {

/// A point that a function was given, or its answer: time, numbers and bools. What there is no room
/// for is left out.
struct seen_point {
  static constexpr std::size_t most_fields = 12;
  struct number {
    short_text<40> name;
    double value = 0;
    std::uint64_t is_bool = 0;  // 1: the value is 0 or 1
  };

  std::uint64_t index = 0;   // the first one of a watch is 1
  std::int64_t time = 0;     // ns since 1970-01-01 UTC
  std::uint64_t answer = 0;  // 1: of the function
  std::uint64_t size = 0;    // of `fields`
  short_text<120> group;
  std::array<number, most_fields> fields{};
};

/// Whose points somebody wants to see.
struct watch_request {
  std::string function = {}, task = {}, node = {};
  std::string group = {};  // empty: of any group
  std::string since = {};  // `next` of the answer before; empty: from now on
};

struct watched_group {
  enum class how { seen, no_such_task, too_many } what = how::no_such_task;
  std::string next = {};     // what to ask with for the points after these
  std::uint64_t missed = 0;  // points that were not kept long enough
  std::vector<seen_point> points = {};
};

}  // namespace kapacitor::udf::metrics
