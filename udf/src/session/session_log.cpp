#include "session/session_log.hpp"

#include <exception>

#include "base/text/quote.hpp"

namespace kapacitor::udf::agent {
namespace {

/// " skipped_missing_field=3 skipped_late=1": only reasons that there were.
std::string by_reason(std::string_view prefix, const reason_counts& counts) {
  std::string text;
  counts.for_each([&](reason r, std::uint64_t n) {
    text.append(" ").append(prefix).append("_").append(name_of(r)).append("=");
    text += std::to_string(n);
  });
  return text;
}

/// " groups_forgotten_max_groups=3 groups_forgotten_group_ttl=7": only those that there were.
std::string forgotten(const session_totals& t) {
  std::string text;
  if (t.evicted_groups != 0)
    text += " groups_forgotten_max_groups=" + std::to_string(t.evicted_groups);
  if (t.expired_groups != 0)
    text += " groups_forgotten_group_ttl=" + std::to_string(t.expired_groups);
  return text;
}

}  // namespace

void session_log::write(log_level level, std::string_view phrase, std::string_view more) {
  if (!sink_.takes(level)) return;
  std::string line(phrase);
  line.append(" function=").append(function_);
  if (!task_id.empty()) line += " task=" + task_id + " node=" + node_id;
  if (!more.empty()) line.append(" ").append(more);
  sink_.write(level, line);
}

void session_log::write_due(output& of, std::uint64_t evicted_groups) {
  left_out_.take_due(of.totals(), evicted_groups,
                     [&](std::string_view phrase, std::uint64_t count) {
                       write(log_level::warn, phrase, "count=" + std::to_string(count));
                     });
  of.warnings().take_due([&](std::string_view text, std::uint64_t count) {
    write(log_level::warn, "the function warns",
          "warning=" + in_quotes(text) + " count=" + std::to_string(count));
  });
  if (of.unanswered().any_new()) write_unanswered(of.unanswered());
}

void session_log::write_unanswered(unanswered& of) {
  of.take_due([&](const cause& said) {
    write(log_level::warn, said.answered ? "answered in part" : "point skipped",
          key_values(said) + " count=" + std::to_string(said.count));
  });
  const auto no_answer = of.take_no_answer();
  if (!no_answer.empty()) write(log_level::warn, "no answer", "why=" + in_quotes(no_answer));
}

void session_log::write_closed(output& of, const session_totals& t) {
  of.unanswered().expect_answer_at_end(t);
  write_unanswered(of.unanswered());
  write(
      log_level::info, "connection closed",
      "points_in=" + std::to_string(t.points_in) + " points_out=" + std::to_string(t.points_out) +
          " points_skipped=" + std::to_string(t.points_skipped) + by_reason("skipped", t.skipped) +
          by_reason("incomplete", t.incomplete) + " batches_in=" + std::to_string(t.batches_in) +
          " batches_out=" + std::to_string(t.batches_out) +
          " bytes_in=" + std::to_string(t.bytes_in) + " bytes_out=" + std::to_string(t.bytes_out) +
          " snapshots=" + std::to_string(t.snapshots) + " groups=" + std::to_string(t.groups) +
          forgotten(t));
}

}  // namespace kapacitor::udf::agent
