#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/log.hpp"
#include "session/left_out.hpp"
#include "session/output.hpp"
#include "session/totals.hpp"

namespace kapacitor::udf::agent {

/// What a session says in the agent's log: each line names the function, and once Init has come the
/// task and the node.
class session_log {
 public:
  session_log(log_sink sink, std::string_view function)
      : sink_(std::move(sink)), function_(function) {}

  /// Writes `phrase`, the names and `more`.
  void write(log_level level, std::string_view phrase, std::string_view more = {});
  /// Writes of what happens again and again whose number is due.
  void write_repeating(output& of, std::uint64_t evicted_groups) {
    // Asked for with every few bytes that come, and as a rule there is nothing.
    const bool any = left_out::any(of.totals(), evicted_groups);
    if (any || of.warnings().any_new() || of.unanswered().any_new()) [[unlikely]]
      write_due(of, evicted_groups);
  }
  /// Writes what was done, and why there was no answer at all, if so.
  void write_closed(output& of, const session_totals& totals);

  std::string task_id, node_id;  // empty before Init

 private:
  void write_due(output& of, std::uint64_t evicted_groups);
  void write_unanswered(unanswered& of);

  log_sink sink_;
  std::string_view function_;
  left_out left_out_;
};

}  // namespace kapacitor::udf::agent
