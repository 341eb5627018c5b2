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
  time = 7,
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

/// The only field of a SnapshotResponse and of a RestoreRequest.
namespace snapshot_number {
inline constexpr std::uint32_t bytes = 1;
}

}  // namespace kapacitor::udf::wire
