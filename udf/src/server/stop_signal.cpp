#include "server/stop_signal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "base/text/error.hpp"

namespace kapacitor::udf::server {
namespace {

std::atomic<bool> stop_given{false};
std::atomic<int> stop_event{-1};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

void on_signal(int) {
  const int kept = errno;
  stop_given = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto n = ::write(stop_event, &one, sizeof one);
  errno = kept;
}

}  // namespace

stop_signal::stop_signal() {
  stop_given = false;
  stop_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop_event < 0) throw start_error("no descriptor for signals");
  struct sigaction action {};
  action.sa_handler = on_signal;
  // A second signal ends the process as ever, should finishing take too long for somebody.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGTERM, &action, &old_term_);
  ::sigaction(SIGINT, &action, &old_int_);
}

stop_signal::~stop_signal() {
  ::sigaction(SIGTERM, &old_term_, nullptr);
  ::sigaction(SIGINT, &old_int_, nullptr);
  ::close(stop_event.exchange(-1));
}

bool stop_signal::given() const {
  return stop_given;
}
int stop_signal::fd() const {
  return stop_event;
}

}  // namespace kapacitor::udf::server
