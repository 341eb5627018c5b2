#include <sys/socket.h>

#include <exception>
#include <utility>

#include "supervise/relay.hpp"

// How a connection goes from one program to the next, and how it is kept for that.
namespace kapacitor::udf::supervise {

saved_relay relay::saved() const {
  saved_relay s{.id = context_.id, .kapacitor = kapacitor_.channel.fd()};
  s.kapacitor_ended = kapacitor_.input_ended;
  s.leave_at = leave_at_;
  if (const auto* record = conversation_.record()) s.record = record->fd();
  if (worker_) {
    s.worker = worker_->channel.fd();
    s.worker_ended = worker_->input_ended;
  }
  return s;
}

void relay::resume(const saved_relay& saved, std::string_view conversation) {
  conversation_.load(conversation);
  take_over(saved);
  std::unique_ptr<conversation_record> record;
  if (saved.record >= 0) record = std::make_unique<conversation_record>(owned_fd(saved.record));
  keep(std::move(record));
}

void relay::recover(const saved_relay& saved) {
  conversation_.recover(std::make_unique<conversation_record>(owned_fd(saved.record)), now());
  take_over(saved);
  kapacitor_.input_ended = conversation_->input_ended();
}

void relay::take_over(const saved_relay& saved) {
  kapacitor_.input_ended = saved.kapacitor_ended;
  if (saved.worker >= 0) {
    worker_ = std::make_shared<side>(opened(saved.worker));
    worker_->input_ended = saved.worker_ended;
  }
  if (saved.leave_at) linger_until(*saved.leave_at);
}

/// In that record, or in a new one that goes to systemd with the connection. If that fails, the
/// connection goes on without.
void relay::keep(std::unique_ptr<conversation_record> record) {
  if (!context_.store && record) forget_stored();
  if (!context_.store) return;
  try {
    const bool made = !record;
    if (made) record = std::make_unique<conversation_record>(context_.conversation.info);
    const int fd = record->fd();
    conversation_.keep_in(std::move(record));
    if (made) context_.store->keep(stored_name(), {fd, kapacitor_.channel.fd()});
  } catch (const std::exception& problem) {
    say(log_level::warn, "connection not kept for the next process",
        std::string("error=\"") + problem.what() + "\"");
  }
}

/// Somebody else has the connection open as well.
void relay::keep_no_longer() noexcept {
  if (!context_.store) return;
  ::shutdown(kapacitor_.channel.fd(), SHUT_RDWR);
  try_to_say([&] { forget_stored(); });
}

void relay::forget_stored() const {
  supervise::forget_stored(stored_name());
}

std::string relay::stored_name() const {
  return name_of_connection(context_.function, context_.id);
}

}  // namespace kapacitor::udf::supervise
