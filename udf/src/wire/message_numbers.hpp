#pragma once

#include <cstdint>

// The numbers of proto/udf.proto by their names there. What is written on the wire is these and
// their types; names are for people.
namespace kapacitor::udf::wire {

/// What a Request or Response holds: its one field. Both directions use the same numbers.
enum class message_kind : std::uint32_t {
  none = 0,
  info = 1,
  init = 2,
  keepalive = 3,
  snapshot = 4,
  restore = 5,
  error = 6,  // responses only
  // Between a supervisor and its worker only; Kapacitor knows none of them. The request tells the
  // time of the wall clock, the response says that the task asks for it. `ended` is the last
  // response of a worker that has said everything: without it, it has died.
  time = 7,
  wants_time = time,
  ended = 8,
  begin = 16,
  point = 17,
  end = 18
};

/// Fields of a Point.
namespace point_number {
inline constexpr std::uint32_t time = 1, name = 2, database = 3, retention_policy = 4, group = 5,
                               dimensions = 6, tags = 7, doubles = 8, ints = 9, strings = 10,
                               by_name = 11, bools = 12;
}

/// Fields of a BeginBatch.
namespace begin_number {
inline constexpr std::uint32_t name = 1, group = 2, tags = 3, size = 4, by_name = 5;
}

/// Fields of an EndBatch.
namespace end_number {
inline constexpr std::uint32_t name = 1, group = 2, tmax = 3, tags = 4, by_name = 5;
}

/// Fields of an entry of a map, such as a tag.
namespace entry_number {
inline constexpr std::uint32_t key = 1, value = 2;
}

/// Fields of a SnapshotResponse and of a RestoreRequest. Kapacitor knows only the bytes.
namespace snapshot_number {
inline constexpr std::uint32_t bytes = 1,
                               not_taken = 2;  // 1: there are no bytes, but not for want of a state
}

/// The only field of a `time` request: ns since 1970, an int64.
namespace time_number {
inline constexpr std::uint32_t time = 1;
}

/// The only field of a `wants_time` response: a time_use.
namespace wants_time_number {
inline constexpr std::uint32_t what = 1;
}
/// What a task needs the time for.
enum class time_use : std::uint8_t {
  on_time = 1,      // each second, whether points come or not
  event_clock = 2,  // to judge the times of points: before they come
};

}  // namespace kapacitor::udf::wire
