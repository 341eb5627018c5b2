#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "journal/conversation.hpp"
#include "server/channel.hpp"
#include "supervise/conversation_record.hpp"

namespace kapacitor::udf::supervise {

/// A conversation that may be kept in a record while it goes on, so that it outlives this process:
/// each call that changes it is recorded, and for a new one that gets the same calls the same
/// happens. See journal::conversation for what the calls do.
class kept_conversation {
 public:
  using moment = journal::conversation::moment;

  kept_conversation(journal::conversation_settings settings, journal::conversation_hooks hooks);

  /// Is kept there from now on. Errors: start_error
  void keep_in(std::unique_ptr<conversation_record> record);
  /// Goes on from there, and is kept there. Its worker, if there was one, is gone. Errors:
  /// state_error
  void recover(std::unique_ptr<conversation_record> record, moment now);
  const conversation_record* record() const { return record_.get(); }
  /// What may not be done while something has been asked for that is still to be used: call it
  /// between two rounds. Errors: start_error
  void make_room();

  std::string saved() { return conversation_->saved(); }
  void load(std::string_view saved) { conversation_->load(saved); }
  const journal::conversation* operator->() const { return &*conversation_; }
  const journal::conversation& operator*() const { return *conversation_; }

  /// Receives and commits. Returns: as recv(); 0: finish() was called
  ssize_t hear(const server::channel& kapacitor, std::size_t most, moment now);
  /// Sends what output() holds. Returns: as send()
  ssize_t tell(const server::channel& kapacitor);
  ssize_t hear_worker(const server::channel& worker, std::size_t most, moment now);
  std::string_view to_worker();
  void consume_to_worker(std::size_t n, moment now);
  void see_worker_read(std::size_t waiting, moment now);
  bool hangs(moment now, std::size_t waiting);
  void advance(moment now);
  void attach(moment now);
  void detach(std::string_view why, moment now);
  void replace_worker(moment now);
  void stop(moment now);

 private:
  void renew(std::string_view saved);
  void add(recorded_call what, moment now, std::uint64_t n = 0, std::string_view data = {});
  void repeat(const recorded& call);
  void take(std::string_view bytes, moment now);
  void take_answers(std::string_view bytes, moment now);

  const journal::conversation_settings settings_;
  journal::conversation_hooks hooks_;
  bool poison_kept_ = false;
  std::optional<journal::conversation> conversation_;
  std::unique_ptr<conversation_record> record_;
};

}  // namespace kapacitor::udf::supervise
