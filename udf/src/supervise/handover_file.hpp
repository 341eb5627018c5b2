#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/process/owned_fd.hpp"
#include "supervise/saved_state.hpp"

namespace kapacitor::udf::supervise {

/// A file in memory by which one program hands its state to the next.
///
/// Format: "KUDH", the versions of saved_state.hpp and of the conversations, then records, each
///         behind its length: the saved_supervisor, and the conversation of each relay in its
///         order. At the end the length of the rest, ~0, and a hash of all before it.
class handover_out {
 public:
  /// Errors: start_error if there is no memory, here and below
  explicit handover_out(saved_supervisor head);
  void add(std::string_view record);
  /// The descriptor of the whole file.
  owned_fd finish();

 private:
  void put(std::string_view bytes);

  owned_fd file_;
  std::uint64_t hash_;
};

/// Reads what handover_out has written.
class handover_in {
 public:
  /// Errors: state_error if it is of another version, damaged, or nothing of the kind
  explicit handover_in(owned_fd file);
  ~handover_in();
  handover_in(const handover_in&) = delete;
  handover_in& operator=(const handover_in&) = delete;

  const saved_supervisor& head() const { return head_; }
  /// The next record behind the head. Lifetime: of this object. Errors: state_error
  std::string_view next();
  /// Gives its memory back: all is read.
  void close();

 private:
  void check();
  void check_records(std::uint64_t hash);
  std::string_view take(std::size_t n);
  std::uint64_t take_number();

  owned_fd file_;
  std::string_view all_, rest_;
  saved_supervisor head_;
};

}  // namespace kapacitor::udf::supervise
