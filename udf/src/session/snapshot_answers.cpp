#include "session/snapshot_answers.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/text/quote.hpp"
#include "session/in_function.hpp"
#include "session/management.hpp"
#include "session/snapshot.hpp"
#include "wire/frame.hpp"
#include <kapacitor/udf/error.hpp>

namespace kapacitor::udf::agent {

void snapshot_answers::answer(const std::string& response, wire::output_buffer& out) const {
  wire::append_frame(out, response, settings_.max_message);
}

void snapshot_answers::save(task& t, session_totals& totals, wire::output_buffer& out) {
  ++totals.snapshots;
  auto snapshot = resting_ > 0 ? (--resting_, std::nullopt) : take(t);
  if (!snapshot) return answer(snapshot_not_taken(), out);
  totals.snapshot_bytes = snapshot->size() - (snapshot->empty() ? 0 : wire::longest_head);
  snapshot->empty() ? answer(snapshot_response({}), out) : send(std::move(*snapshot), out);
}

/// The text is empty if there is nothing to remember. Without a text none is to be had: that is no
/// reason to stop a task that works, but it will start fresh after a restart.
std::optional<std::string> snapshot_answers::take(task& t) {
  try {
    auto snapshot = pack_snapshot(function_, t, {.cookie = {}, .headroom = wire::longest_head});
    const auto size = snapshot.empty() ? 0 : snapshot.size() - wire::longest_head;
    if (size > settings_.max_snapshot) throw snapshot_limit_error(t.groups(), t.groups());
    failures_ = 0;
    failed_when_ = {};
    log_.write(log_level::debug, "snapshot taken", "bytes=" + std::to_string(size));
    return snapshot;
  } catch (const snapshot_limit_error& problem) {
    not_taken("snapshot not kept: larger than --max-snapshot", problem.what());
  } catch (const std::exception& problem) {
    not_taken("snapshot not taken, the task goes on", problem.what());
  } catch (...) {
    not_taken("snapshot not taken, the task goes on", "an exception that is no std::exception");
  }
  return std::nullopt;
}

/// What cannot be kept is not made again each time: it may take seconds, in which points wait.
void snapshot_answers::not_taken(std::string_view phrase, std::string_view why) {
  constexpr unsigned most_doublings = 6;
  resting_ = (1u << std::min(failures_, most_doublings)) - 1;
  ++failures_;
  if (!failed_when_.due(failures_)) return;
  try {
    log_.write(log_level::error, phrase,
               "error=" + in_quotes(why) + " limit=" + std::to_string(settings_.max_snapshot) +
                   " failures=" + std::to_string(failures_) +
                   " requests_until_next_try=" + std::to_string(resting_));
  } catch (const std::exception&) {
    // No memory for the line: the next one is due soon enough.
  }
}

void snapshot_answers::send(std::string with_headroom, wire::output_buffer& out) {
  constexpr std::size_t small = std::size_t{64} << 10;
  const auto head =
      wire::head_of_frame(wire::message_kind::snapshot, with_headroom.size() - wire::longest_head);
  const auto begin = wire::longest_head - head.size();
  head.copy(with_headroom.data() + begin, head.size());
  const auto frame = std::string_view(with_headroom).substr(begin);
  if (frame.size() <= small) return out.append(frame);
  large_.set(std::move(with_headroom), begin);
}

bool snapshot_answers::restore(std::string_view body, task& t, session_totals& totals,
                               wire::output_buffer& out) {
  const auto snapshot = read_restore(body);
  ++totals.restores;
  try {
    unpack_snapshot(function_, t, snapshot);
  } catch (const std::exception& problem) {
    return refuse(function_.name + ": " + problem.what(), totals, out);
  }
  answer(restore_response(true, ""), out);
  log_.write(log_level::info, "restored",
             "bytes=" + std::to_string(snapshot.size()) + " groups=" + std::to_string(t.groups()));
  return true;
}

/// Returns: whether the task goes on, fresh.
bool snapshot_answers::refuse(const std::string& error, session_totals& totals,
                              wire::output_buffer& out) {
  ++totals.refused_snapshots;
  // A failed restore would fail the task at every start until somebody deletes the snapshot.
  const bool start_fresh = !settings_.strict_restore;
  log_.write(log_level::error,
             start_fresh ? "snapshot unusable, starting fresh" : "restore refused",
             "error=" + in_quotes(error));
  answer(restore_response(start_fresh, start_fresh ? "" : error), out);
  return start_fresh;
}

}  // namespace kapacitor::udf::agent
