#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "check/transcript.hpp"
#include "check/transport.hpp"

namespace kapacitor::udf::host::check {

/// One connection with a UDF, which can do what a well-behaved client cannot: split writes, send
/// garbage, stop reading, leave in the middle.
///
/// It writes and reads at the same time and only within its calls. No call waits without a bound.
/// Errors: verdict (fail) if the UDF floods us with output
class peer {
 public:
  using duration = std::chrono::nanoseconds;

  /// `patience`: how long to wait for the UDF's end when this object's comes.
  peer(transport to, edge provides, duration patience)
      : transport_(std::move(to)),
        heard_(std::make_shared<transcript>(provides)),
        patience_(patience) {}
  peer(peer&&) = default;
  peer& operator=(peer&&) = delete;
  /// Ends as Kapacitor does: half-closes, and reads the UDF's last responses.
  ~peer();

  /// Adds bytes to the output; the next call that waits writes them.
  void say(std::string_view bytes) { unwritten_ += bytes; }
  /// Adds a management request, as a frame; an answer is expected.
  void ask(management which, const std::string& encoded);
  /// An answer is expected to a request that was written by say().
  void expect(management which);
  void ask_keepalive();
  /// Writes at once, in pieces of `piece` bytes, each after the UDF has read the last one.
  void say_in_pieces(std::string_view bytes, std::size_t piece);

  /// Whether the condition came true within that time.
  bool wait(const std::function<bool()>& condition, duration within);
  /// Writes and reads for that time, whatever comes.
  void listen(duration time);
  /// Whether all is written. false: the UDF does not read, or is gone
  bool flush(duration within);
  /// Half-closes, as soon as all is written.
  void end_input(duration within);
  /// Whether the UDF has closed.
  bool wait_for_end(duration within);
  /// Writes all, half-closes and reads on until the UDF has closed. Gives up if nothing moves
  /// for `silence`. Returns: whether it has closed
  bool finish(duration silence);
  /// As finish(), but waits first for the answers to all requests, as far as the UDF answers them:
  /// whether the end of a connection cuts answers off is for other rules.
  bool conclude(duration silence);
  /// Drops the connection as it is.
  void hang_up() { transport_.close(); }
  void stop_reading() { reading_ = false; }
  void read_again() { reading_ = true; }

  const transcript& heard() const { return *heard_; }
  std::shared_ptr<const transcript> transcript_of_it() const { return heard_; }
  bool ended() const { return ended_; }
  std::size_t unwritten() const { return unwritten_.size(); }
  /// The longest time in which nothing came, since the last call of it.
  duration take_longest_silence();

  bool has_process() const { return transport_.has_process(); }
  /// Whether its process has ended within that time, and how; as process::ended()
  std::optional<std::string> wait_for_exit(duration within);
  /// " (exit status 1, its last words: ...)": what is known about a process that is gone.
  std::string last_words();

 private:
  using clock = std::chrono::steady_clock;

  bool settle(duration silence);
  bool wait_while_it_moves(const std::function<bool()>& condition, duration silence);
  void step(clock::time_point until);
  void read();
  void write();
  void read_stderr();
  void note_heard();

  std::string_view last_line() const;

  transport transport_;
  std::shared_ptr<transcript> heard_;
  duration patience_;
  std::string unwritten_, stderr_;
  bool reading_ = true, ended_ = false, broken_ = false;
  clock::time_point last_heard_ = clock::now();
  duration longest_silence_{};
  std::size_t moved_ = 0;  // bytes, both ways
  std::size_t keepalives_ = 0;
};

}  // namespace kapacitor::udf::host::check
