#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/log.hpp"
#include "session/totals.hpp"
#include "session/warnings.hpp"

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
  void write_repeating(const session_totals& totals, std::uint64_t evicted_groups,
                       warnings& function_warned) {
    // Asked for with every few bytes that come, and as a rule there is nothing.
    const auto any = totals.non_finite_fields | totals.empty_points | totals.batches_dropped;
    if (any != 0 || evicted_groups != 0 || function_warned.any_new()) [[unlikely]]
      write_due(totals, evicted_groups, function_warned);
  }
  /// At the end. Throws nothing: it is the last thing that a session does.
  void write_closed(const session_totals& totals) noexcept;

  std::string task_id, node_id;  // empty before Init

 private:
  void write_due(const session_totals& totals, std::uint64_t evicted_groups,
                 warnings& function_warned);

  log_sink sink_;
  std::string_view function_;
  doubling non_finite_, empty_, evicted_, dropped_;
};

}  // namespace kapacitor::udf::agent
