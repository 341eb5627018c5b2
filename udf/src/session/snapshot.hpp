#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

/// What a snapshot holds beside the state.
struct snapshot_parts {
  std::string_view cookie = {};  // the caller's own bytes, such as an offset; Kapacitor's are empty
  std::size_t headroom = 0;      // bytes left free in front, for what a message puts there
};

/// The state of a task as bytes, to be kept. Empty: there is nothing to remember, and no cookie.
///
/// Format, integers little-endian, "text" = bytes behind their length as a varint:
///     "KUDF"  format version (1 byte)  text: function  text: options  uint32: state_version
///     text: cookie  text: state of the groups (task::save)  uint64: hash of everything before
/// The options are those that shape the state and differ from their defaults (task::fingerprint).
/// The hash tells a damaged snapshot from one that merely looks odd.
///
/// A snapshot may have hundreds of megabytes, and each copy of it costs as much as making it; hence
/// the headroom.
/// Cost: O(bytes), one copy
std::string pack_snapshot(const function& f, task& t, const snapshot_parts& parts = {});

/// Puts a task back to a snapshot. An empty one leaves it as it is: fresh.
///
/// Returns: the cookie, a view into `snapshot`.
/// Errors:  state_error saying why the snapshot is unusable and what would be needed; the task is
///          then as it was.
std::string_view unpack_snapshot(const function& f, task& t, std::string_view snapshot);

}  // namespace kapacitor::udf::agent
