#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/process/owned_fd.hpp"
#include "journal/conversation.hpp"

namespace kapacitor::udf::supervise {

/// What was called of a conversation.
enum class recorded_call : std::uint32_t {
  none,  // the end of the record
  hear,
  finish,
  tell,
  to_worker,
  consume_to_worker,
  answers,
  advance,
  hangs,
  see_worker_read,
  attach,
  detach,
  replace_worker,
  stop
};

/// One call with what it was given.
struct recorded {
  recorded_call what = recorded_call::none;
  journal::conversation::moment now = {};
  std::uint64_t n = 0;         // a number of the call's own; of data: its bytes
  std::string_view data = {};  // of hear, answers and detach
};

/// A conversation in memory that outlives the process, as long as somebody else holds its file: a
/// state, and the calls since, from which whoever comes next makes the same conversation again.
///
/// Bytes are received into the record itself, and the kernel writes beside them how many there are,
/// before the call returns: recvmmsg() and sendmmsg() do. So a process that is killed at any moment
/// leaves neither bytes that nobody knows of nor doubt about what has been sent.
///
/// Format: a page with versions and the place of the newest segment; segments, each with the length
///         of a state, the state, and calls until one that is `none`. A segment is begun behind all
///         others and counts when it is complete; the one before is given back then.
class conversation_record {
 public:
  /// A new one, with something that does not change, of at most 3 KiB; or one that exists. Errors:
  /// start_error if there is no memory; state_error if it is of another version, or none
  explicit conversation_record(std::string_view note);
  explicit conversation_record(owned_fd file);
  ~conversation_record();
  conversation_record(const conversation_record&) = delete;
  conversation_record& operator=(const conversation_record&) = delete;

  int fd() const { return file_.get(); }
  /// The note in such a file; empty if there is none.
  static std::string note_in(int fd);
  /// A new segment with this state. Errors: start_error; then the one before still counts
  void begin(std::string_view state);
  /// Bytes that calls may still take.
  std::size_t room() const { return here_.size - end_; }
  /// Short of room: time for begin().
  bool is_full() const { return room() < least_room; }

  void add(const recorded& call);
  /// As recv() and send(), non-blocking. What was moved counts as recorded: `hear`, `tell`.
  ssize_t receive(int socket, std::size_t most, journal::conversation::moment now);
  ssize_t send(int socket, std::string_view bytes);
  /// What receive() has received last.
  std::string_view received() const { return received_; }

  /// Of an existing one, before it is read: it must not kill one process after the other. Errors:
  /// state_error, if that has happened
  void count_recovery();
  /// Of an existing one: what it holds, the state first. A call that was recorded in part is given
  /// as well, if it had happened.
  std::string_view state() const;
  std::optional<recorded> next();

 private:
  struct page;
  struct segment;
  struct entry;
  static constexpr std::size_t least_room = std::size_t{512} << 10;

  struct mapping {
    char* bytes = nullptr;
    std::uint64_t at = 0;  // in the file
    std::size_t size = 0;
  };
  mapping map(std::uint64_t at, std::size_t size) const;
  mapping grow_by(std::size_t size) const;
  void unmap();
  page& first() const;
  segment& current() const;
  entry& at(std::size_t offset) const;
  void complete(recorded_call what, std::size_t n);
  bool complete_last(entry& e);
  ::mmsghdr& about_to_move(recorded_call what, ::iovec piece);

  owned_fd file_;
  void* page_ = nullptr;
  mapping here_;  // the segment
  std::size_t end_ = 0;
  std::string_view received_;
};

}  // namespace kapacitor::udf::supervise
