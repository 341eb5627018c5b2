#include "session/session_log.hpp"

#include <exception>

#include "base/text/quote.hpp"

namespace kapacitor::udf::agent {

void session_log::write(log_level level, std::string_view phrase, std::string_view more) {
  if (!sink_.takes(level)) return;
  std::string line(phrase);
  line.append(" function=").append(function_);
  if (!task_id.empty()) line += " task=" + task_id + " node=" + node_id;
  if (!more.empty()) line.append(" ").append(more);
  sink_.write(level, line);
}

void session_log::write_due(const session_totals& totals, std::uint64_t evicted_groups,
                            warnings& function_warned) {
  const auto say = [&](doubling& when, std::uint64_t count, std::string_view phrase) {
    if (count != 0 && when.due(count)) {
      write(log_level::warn, phrase, "count=" + std::to_string(count));
    }
  };
  say(non_finite_, totals.non_finite_fields, "fields left out: NaN or infinite");
  say(empty_, totals.empty_points, "points not emitted: no fields");
  say(dropped_, totals.batches_dropped, "batches dropped: not closed by the function");
  say(evicted_, evicted_groups, "groups forgotten: more than --max-groups");
  function_warned.take_due([&](std::string_view text, std::uint64_t count) {
    write(log_level::warn, "the function warns",
          "warning=" + in_quotes(text) + " count=" + std::to_string(count));
  });
}

void session_log::write_closed(const session_totals& t) noexcept try {
  write(log_level::info, "connection closed",
        "points_in=" + std::to_string(t.points_in) + " points_out=" + std::to_string(t.points_out) +
            " points_skipped=" + std::to_string(t.points_skipped) + " batches_in=" +
            std::to_string(t.batches_in) + " batches_out=" + std::to_string(t.batches_out) +
            " bytes_in=" + std::to_string(t.bytes_in) + " bytes_out=" +
            std::to_string(t.bytes_out) + " snapshots=" + std::to_string(t.snapshots));
} catch (const std::exception&) {
  // No memory for the line; the connection is closed all the same.
}

}  // namespace kapacitor::udf::agent
