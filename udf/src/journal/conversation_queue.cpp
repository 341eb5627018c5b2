#include <algorithm>
#include <string>

#include "base/text/units.hpp"
#include "journal/conversation.hpp"
#include "journal/frames.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::journal {
namespace {

using wire::message_kind;

// Requests that are in the journal before the worker has been sent them. What is there is dropped
// no more, so it is little: as much as a worker's socket takes at once.
constexpr std::size_t most_ahead = std::size_t{64} << 10;

}  // namespace

void conversation::take_received() {
  auto& received = queue_->received();
  try {
    while (!closing_) {
      const auto next = next_request(received.readable());
      if (!next) break;
      queue(kind_of(next->message), received.readable().substr(0, next->size));
      received.consume(next->size);
    }
  } catch (const wire::protocol_error& problem) {
    end_with(std::string("protocol error: ") + problem.what());
  }
  if (closing_) drop_received();
  refill();
  warn_of_dropped();
}

void conversation::queue(message_kind kind, std::string_view frame) {
  if (answer_at_once(kind, frame)) return;
  const bool goes_on = !is_data(kind) || (kind == message_kind::point && wants_queued());
  if (goes_on && queue_->empty()) return take_queued(frame);
  queue_->add(kind, frame);
}

bool conversation::wants_queued() const {
  if (log_.end() - sent_ >= most_ahead) return false;
  return kept() < limit() || !snapshot_asked();
}

void conversation::refill() {
  if (!queue_) return;
  while (!closing_ && queue_->ready() && (!queue_->front_is_data() || wants_queued())) {
    take_queued(queue_->front());
    queue_->pop();
  }
}

void conversation::take_queued(std::string_view requests) {
  const auto room = log_.prepare(requests.size());
  std::copy(requests.begin(), requests.end(), room.begin());
  log_.commit(requests.size());
  take_requests();
}

void conversation::warn_of_dropped() {
  const auto& dropped = queue_->dropped();
  if (dropped.times == 0 || !dropped_when_.due(dropped.times)) return;
  const auto& how = settings_.overload;
  say(log_level::warn, "dropped by policy",
      "policy=" + std::string(name_of<on_overload>(how.policy, overload_policies)) + " points=" +
          std::to_string(dropped.points) + " batches=" + std::to_string(dropped.batches) +
          " queue_size=" + exact_size(how.queue_size) +
          " note=\"the function is slower than its points come\"");
}

}  // namespace kapacitor::udf::journal
