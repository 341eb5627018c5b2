#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/message_numbers.hpp"

// The few frames that are written and read here, without libprotobuf: a process that must not die
// touches as little as it can.
namespace kapacitor::udf::journal {

/// What a Request or Response holds, by its first key; none: by no key that we know. The message
/// is the frame without its length.
wire::message_kind kind_of(std::string_view message);
/// Whether it is a begin, a point or an end.
inline bool is_data(wire::message_kind kind) {
  return kind >= wire::message_kind::begin && kind <= wire::message_kind::end;
}
/// What is in it: behind the first key and its length. Errors: protocol_error
std::string_view body_of(std::string_view message);

/// KeepaliveRequest and KeepaliveResponse are the same bytes, and so is our `time`.
std::string frame_with_number(wire::message_kind kind, std::uint64_t number);
/// The first field of a body, a number; 0 if there is none. Errors: protocol_error
std::uint64_t number_in(std::string_view body);

/// A message that holds nothing, such as a SnapshotRequest.
std::string empty_frame(wire::message_kind kind);
/// Field `number` of a body, a text; empty if there is none. Errors: protocol_error
std::string_view text_in(std::string_view body, std::uint32_t number);
/// An ErrorResponse.
std::string error_frame(std::string_view text);

/// Whether an InitResponse or RestoreResponse says that it went well: its first field is `true`.
bool says_success(std::string_view body);

/// A SnapshotResponse, with what it may hold.
enum class snapshot_answer { holds_state, nothing_to_keep, not_taken };
snapshot_answer meaning_of_snapshot(std::string_view body);

/// The RestoreRequest with the state of a SnapshotResponse, both whole frames: only the key
/// differs.
std::string restore_from(std::string_view snapshot_frame);

}  // namespace kapacitor::udf::journal
