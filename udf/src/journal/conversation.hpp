#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text/doubling.hpp"
#include "base/text/log.hpp"
#include "journal/answer_log.hpp"
#include "journal/request_log.hpp"
#include "journal/request_queue.hpp"
#include "journal/settings.hpp"
#include "journal/suspicion.hpp"
#include "wire/message_numbers.hpp"
#include "wire/output_buffer.hpp"
#include "wire/receive_buffer.hpp"

namespace kapacitor::udf::journal {

/// What happened in a conversation, so far.
struct conversation_totals {
  std::uint64_t points_in = 0, batches_in = 0;    // that the function is to hear; once each
  std::uint64_t points_out = 0, batches_out = 0;  // its answers, for Kapacitor; once each
  std::uint64_t deaths = 0;                       // of workers
  std::uint64_t requests_repeated = 0;            // to new workers, bytes
  std::uint64_t answers_left_out = 0;   // that Kapacitor had been told by the worker before
  std::uint64_t answers_different = 0;  // that a new worker gave otherwise
  std::uint64_t poisoned = 0;           // requests skipped because they kill workers
  std::uint64_t snapshots = 0;          // kept
  std::uint64_t snapshot_time = 0;      // from their requests to their answers, ns, all together
  std::uint64_t snapshot_at = 0;        // when the last one came, ns since 1970
  std::uint64_t bytes_forgotten = 0;    // of requests that no snapshot covers: no room
  dropped_data dropped;                 // by policy, as the function is too slow

  auto state() {
    return std::tie(points_in, batches_in, points_out, batches_out, deaths, requests_repeated,
                    answers_left_out, answers_different, poisoned, snapshots, snapshot_time,
                    snapshot_at, bytes_forgotten);
  }
};

/// What a conversation keeps, in bytes.
struct conversation_sizes {
  std::uint64_t journal = 0;   // requests since the last snapshot
  std::uint64_t snapshot = 0;  // the last one
  std::uint64_t queue = 0;     // requests that wait behind a policy for overload
};

/// What a conversation wants its owner to do beside moving bytes.
struct conversation_hooks {
  log_sink log;
  /// Keeps the Init and the requests that kill workers in a file. Returns: its name, for the log
  std::function<std::string(std::string_view init, std::string_view requests)> keep_poison;
};

/// One connection of Kapacitor to a function whose worker may die and be replaced; without I/O.
///
/// Between Kapacitor and the worker: keeps the last snapshot and the requests since. A new worker
/// gets Init, the snapshot and these requests; answers that Kapacitor had from the one before are
/// left out. Kapacitor notices nothing. Info and keepalives are answered here.
///
///     bytes from Kapacitor:  prepare(), commit(); its end: finish()
///     bytes to Kapacitor:    output(), consume_output(); closing(): close when all is written
///     while wants_worker():  start one, attach(); to_worker(), consume_to_worker();
///                            ends_input(): close that side; prepare_answers(), commit_answers()
///     its end:               detach()
///     time:                  advance() at next_time() at the latest
///
/// Never throws but for std::bad_alloc. Threads: one at a time
class conversation {
 public:
  using clock = std::chrono::steady_clock;
  /// Two clocks: one for waiting, the other for the function.
  struct moment {
    clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };

  conversation(conversation_settings settings, conversation_hooks hooks);

  /// Where bytes from Kapacitor go.
  std::span<char> prepare();
  void commit(std::size_t n, moment now);
  /// finish() was called.
  bool input_ended() const { return input_ended_; }
  /// Whether to read from Kapacitor: not while a worker has far too much to do.
  bool wants_input() const;
  void finish(moment now);
  /// Ends the conversation from this side: closing() as soon as what has been received is answered.
  void stop(moment now);
  /// Bytes for Kapacitor.
  std::string_view output() const;
  void consume_output(std::size_t n);
  /// Everything is said: write output(), then close.
  bool closing() const { return closing_; }

  /// Whether a worker is to be started.
  bool wants_worker(clock::time_point now) const;
  void attach(moment now);
  bool attached() const { return attached_; }
  /// Bytes for the worker; `nothing` while it is to wait.
  std::string_view to_worker();
  void consume_to_worker(std::size_t n, moment now);
  /// The worker's input ends here.
  bool ends_input() const;
  std::span<char> prepare_answers();
  void commit_answers(std::size_t n, moment now);
  /// Whether to read from the worker: not while Kapacitor does not read.
  bool wants_answers() const { return ready_ < most_ready; }
  /// The worker is gone, or is to be: why, for the log.
  void detach(std::string_view why, moment now);
  /// The worker is gone with the supervisor that had it: nobody is to blame.
  void lose_worker(moment now);
  /// The worker speaks no Kapacitor: end it.
  bool broken() const { return broken_; }
  /// Its requests are under suspicion of killing workers: they had better not be shared with
  /// others.
  bool suspected() const { return suspicion_.careful(); }
  /// A planned restart: asks for a snapshot; when it has come, or after a while, wants_worker() for
  /// another one. `leaves_worker()` says when the old one is to be let go by detach().
  void replace_worker(moment now);
  bool leaves_worker() const { return leaving_ && attached_ && leave_now_; }

  void advance(moment now);
  /// When advance() is due; nothing while nothing is waited for.
  std::optional<clock::time_point> next_time() const;
  /// `waiting`: what lies in the worker's socket now, before more is written. If that is less than
  /// hangs() was told, the worker reads.
  void see_worker_read(std::size_t waiting, moment now);
  /// The worker has read nothing and answered nothing for --max-busy, though it has something to
  /// do: kill it. Heartbeats are no answers. `waiting`: what lies in its socket.
  bool hangs(moment now, std::size_t waiting);

  conversation_totals totals() const;
  /// As totals() has it.
  std::uint64_t snapshots() const { return totals_.snapshots; }
  /// Bytes of journal, snapshot and buffers.
  std::size_t memory() const;
  conversation_sizes sizes() const;
  /// Of Init; empty before it.
  std::string task() const;
  std::string node() const;
  /// "task=... node=..." once Init has come.
  const std::string& label() const { return label_; }

  /// All of it but the settings, as bytes, for a program that takes the place of this one on the
  /// same machine before it is started anew. Whoever changes what is saved raises state_version.
  std::string saved();
  /// Goes on where saved() was called: a worker that was attached still is. Errors: state_error;
  /// then the conversation is of no use any more
  void load(std::string_view saved);
  static constexpr std::uint32_t state_version = 3;

 private:
  /// A request that is not part of the journal: a snapshot, or a barrier.
  struct ask {
    enum class of { kapacitor, us, barrier };
    of who;
    position at;            // behind the requests before it
    std::uint64_t id = 0;   // of a barrier
    bool in_batch = false;  // then no snapshot to start from
    bool sent = false;
    clock::time_point since = {};  // of a snapshot

    auto state() { return std::tie(who, at, id, in_batch, sent, since); }
  };
  struct range {
    position begin, end;

    auto state() { return std::tie(begin, end); }
  };
  static constexpr position never = ~position{0};
  static constexpr std::size_t most_ready = std::size_t{1} << 20;

  // Requests of Kapacitor.
  std::optional<wire::frame> next_request(std::string_view bytes) const;
  void take_requests();
  std::size_t drop_received();
  void take_request(wire::message_kind kind, std::string_view message, std::size_t size);
  void keep_data(wire::message_kind kind, std::size_t size);
  void take_init(std::string_view message, std::size_t size);
  bool answer_at_once(wire::message_kind kind, std::string_view frame);
  void tell_time();
  void tell_time_soon();
  // Those that wait in front of the journal.
  void take_received();
  void queue(wire::message_kind kind, std::string_view frame);
  void take_queued(std::string_view requests);
  void refill();
  bool wants_queued() const;
  void warn_of_dropped();
  bool nothing_queued() const { return !queue_ || queue_->empty(); }
  /// Kapacitor has said all, and it has been taken.
  bool input_over() const { return input_ended_ && nothing_queued(); }
  bool makes_kapacitor_wait() const;
  void send_heartbeat();
  // To the worker.
  bool begin_next();
  void put_controls();
  std::size_t sendable(std::string_view requests);
  void ask_snapshot();
  bool snapshot_asked() const;
  void add_barrier();
  bool waits_for_worker() const;
  // Answers of the worker.
  void take_answers();
  bool take_answer(std::string_view message, std::size_t size);
  bool take_data(wire::message_kind kind, std::string_view frame);
  bool take_management(wire::message_kind kind, std::string_view message, std::string_view frame);
  bool take_init_answer(std::string_view body);
  bool take_restore_answer(std::string_view body);
  bool take_snapshot(std::string_view body, std::string_view frame);
  void take_barrier(std::uint64_t id);
  void new_basis(const ask& asked, std::string_view body, std::string_view frame);
  void refuse(std::string_view what, std::string_view body);
  void take_progress();
  void stop_if_answered();
  // Deaths.
  void blame();
  void restore_died();
  void snapshot_died();
  void convict(position at);
  void skip(range r);
  std::optional<range> batch_around(position at) const;
  std::string copy_of(range r) const;
  std::string keep_poison(std::string_view requests) const;
  void forget_worker();
  void forget_confirmed();
  void end_with(std::string_view error);
  void keep_within_limit();
  std::size_t limit() const;
  std::size_t kept() const {
    return static_cast<std::size_t>(log_.end() - log_.begin()) + told_.size() * sizeof(position);
  }
  void say(log_level level, std::string_view phrase, std::string_view more = {}) const;
  auto state();
  void check_state() const;

  const conversation_settings settings_;
  const conversation_hooks hooks_;
  std::string label_;
  moment now_{};

  // What a new worker needs.
  std::string init_, restore_;            // whole frames
  std::unique_ptr<request_queue> queue_;  // none if Kapacitor is to wait
  request_log log_;
  std::vector<range> skipped_;  // in order
  answer_log told_;
  std::deque<ask> asks_;
  position batch_begin_ = 0;

  // The worker.
  std::string small_;  // on its way, before anything else
  std::size_t small_at_ = 0, restore_at_ = 0;
  // What was sent, and what is on offer: whole requests up to there.
  position sent_ = 0, target_ = 0;
  position confirmed_ = 0, proven_ = 0, furthest_ = 0, barrier_at_ = 0, ask_again_at_ = 0;
  std::size_t told_at_barrier_ = 0;  // answers, when the last barrier was answered
  std::uint64_t barriers_ = 0;
  std::uint64_t wants_time_ = 0;
  suspicion suspicion_;
  wire::receive_buffer answers_{std::size_t{64} << 10};

  // To Kapacitor.
  std::size_t ready_ = 0;     // bytes of whole answers at the front of answers_
  wire::output_buffer ours_;  // answers of our own

  std::optional<clock::time_point> down_since_, progress_at_, barrier_due_, time_due_, leave_at_,
      heartbeat_due_;
  clock::time_point start_at_{};
  doubling forgotten_when_, dropped_when_;
  std::uint64_t forgotten_ = 0;
  std::size_t waiting_ = 0;  // bytes in the worker's socket, when last asked
  bool waited_ = false;      // for the worker, then
  conversation_totals totals_;
  unsigned restore_deaths_ = 0, snapshot_deaths_ = 0, failures_ = 0;

  bool input_ended_ = false, stopping_ = false, closing_ = false;
  bool in_batch_ = false;          // of the requests, at the end of the journal
  bool answers_in_batch_ = false;  // of the worker
  bool attached_ = false, ended_ = false, broken_ = false;
  bool leaving_ = false, leave_now_ = false;  // for another worker, as planned
  bool barrier_wanted_ = false;
  bool init_waits_ = false, restore_waits_ = false;  // for the worker's answer
  bool init_told_ = false, restore_told_ = true;     // Kapacitor has had the answer
  bool in_ready_ = false, in_ours_ = false;          // written in part
};

}  // namespace kapacitor::udf::journal
