#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "session/large_message.hpp"
#include "session/session_log.hpp"
#include "session/session_settings.hpp"
#include "session/totals.hpp"
#include "session/warnings.hpp"
#include "wire/output_buffer.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::agent {

/// A session's answers to SnapshotRequest and RestoreRequest.
class snapshot_answers {
 public:
  snapshot_answers(const function& f, const session_settings& settings, session_log& log)
      : function_(f), settings_(settings), log_(log) {}

  /// Answers with the task's state: in `out`, or, if it is large, in large(). If none can be taken
  /// the answer is empty and says so, and the next ones are as well, for a while that doubles.
  void save(task& t, session_totals& totals, wire::output_buffer& out);
  /// Gives the task the state in the body of a RestoreRequest, and answers in `out`.
  ///
  /// An unusable snapshot starts the task fresh, unless the settings are strict.
  /// Returns: false if it was refused: the connection is to be closed. Errors: protocol_error
  bool restore(std::string_view body, task& t, session_totals& totals, wire::output_buffer& out);

  /// A snapshot on its way. Goes out behind what is in `out`; until then nothing more is said.
  large_message& large() { return large_; }
  const large_message& large() const { return large_; }

 private:
  std::optional<std::string> take(task& t);
  void not_taken(std::string_view phrase, std::string_view why);
  void answer(const std::string& response, wire::output_buffer& out) const;
  void send(std::string with_headroom, wire::output_buffer& out);
  bool refuse(const std::string& error, session_totals& totals, wire::output_buffer& out);

  const function& function_;
  const session_settings& settings_;
  session_log& log_;
  large_message large_;
  unsigned failures_ = 0;  // in a row, to take a snapshot
  unsigned resting_ = 0;   // requests that are answered by an empty one
  doubling failed_when_;
};

}  // namespace kapacitor::udf::agent
