#include "server/reply_writer.hpp"

#include <cerrno>
#include <utility>

namespace kapacitor::udf::server {

reply_writer::result reply_writer::write_all(std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const auto n = channel_.write(bytes.substr(written));
    if (n >= 0) {
      written += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      return {written, errno == EWOULDBLOCK ? EAGAIN : errno};
    }
  }
  return {written, 0};
}

reply_writer::result reply_writer::write(std::string_view frames) {
  const std::lock_guard lock(mutex_);
  silent_ = false;
  if (!rest_.empty()) {
    const auto done = write_all(rest_);
    rest_.erase(0, done.written);
    if (done.error != 0) return {0, done.error};
  }
  const auto done = write_all(frames);
  between_frames_ = done.written == frames.size();
  return done;
}

void reply_writer::watch() {
  const std::lock_guard lock(mutex_);
  silent_ = true;
}

void reply_writer::send_heartbeat(std::string_view frame) {
  const std::lock_guard lock(mutex_);
  if (!silent_ || !between_frames_ || !rest_.empty()) return;
  // A peer that is gone is noticed by the connection itself.
  const auto done = write_all(frame);
  if (done.written > 0) rest_ = frame.substr(done.written);
}

void reply_writer::set_label(std::string label) {
  const std::lock_guard lock(mutex_);
  label_ = std::move(label);
}

std::string reply_writer::label() const {
  const std::lock_guard lock(mutex_);
  return label_;
}

}  // namespace kapacitor::udf::server
