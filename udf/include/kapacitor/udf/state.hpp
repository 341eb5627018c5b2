#pragma once

#include <kapacitor/udf/detail/state_codec.hpp>
#include <kapacitor/udf/state_bytes.hpp>

/// What a function remembers, as bytes.
///
///     auto state() { return std::tie(mean, newest); }
///
/// is all that a function needs: the members in the tie are written to a snapshot and read back
/// from one, for each group. Kapacitor asks for a snapshot every `[task] snapshot-interval` and
/// gives the last one back when the task starts again; an engine does both when it is told to.
///
/// What a state may hold
///     arithmetic types and enums, std::string, std::chrono durations and time points,
///     std::optional, std::vector, std::deque, std::array, std::map, std::pair and std::tuple of
///     those, structs with a state() of their own, and types with a state_codec (below). A view
///     (std::string_view, std::span, a pointer) does not compile: what it points to is gone by the
///     time the snapshot is read.
///
/// What else a function may have
///     `void check_state()` is called after the state was read: it throws state_error if values
///     that are possible each do not go together.
///     `static constexpr unsigned state_version = 2;` is the version of what state() returns, 1 if
///     there is none. Raise it whenever that changes.
///     `void migrate(unsigned version, udf::state_reader& in)` reads the state of an older version.
///     Without it the group starts fresh.
///
///         static constexpr unsigned state_version = 2;  // 2: remembers the newest time as well
///         auto state() { return std::tie(mean, newest); }
///         void migrate(unsigned, udf::state_reader& in) { in.read(mean); }  // version 1
///
/// Which options a state depends on: options.hpp, output_only().
///
/// Format: little-endian, fixed width; sequences behind their length as a varint.
/// Errors: reading throws state_error if bytes are missing or impossible; every length is checked
///         against the bytes left before anything is allocated.
