#pragma once

#include <string>
#include <string_view>

#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

/// The state of a task as bytes for Kapacitor to keep. Empty: nothing to remember.
///
/// Format, integers little-endian, "text" = bytes behind their length as a varint:
///     "KUDF"  format version (1 byte)  text: function  text: options  uint32: state_version
///     text: state of the groups (task::save)  uint64: hash of everything before
/// The hash tells a damaged snapshot from one that merely looks odd.
///
/// A snapshot may have hundreds of megabytes, and each copy of it costs as much as making it: the
/// first `headroom` bytes are left free for what a message puts before it.
/// Cost: O(bytes), one copy
std::string pack_snapshot(const function& f, task& t, std::size_t headroom = 0);

/// Puts a task back to a snapshot. An empty one leaves it as it is: fresh.
///
/// Errors: state_error saying why the snapshot is unusable; the task is then as it was.
void unpack_snapshot(const function& f, task& t, std::string_view snapshot);

}  // namespace kapacitor::udf::agent
