#include "host/progress.hpp"

#include <string>

#include <fmt/format.h>

#include "connect/log.hpp"

namespace kapacitor::udf::host {

progress::progress(asio::io_context& io, std::chrono::nanoseconds interval, const totals& counts)
    : timer_(io), interval_(interval), counts_(counts) {}

void progress::start() {
  if (interval_.count() <= 0) return;
  timer_.expires_after(interval_);
  timer_.async_wait([this](error_code error) {
    if (error) return;
    tick();
    start();
  });
}

void progress::tick() {
  const auto seconds = std::chrono::duration<double>(interval_).count();
  const auto rate = [&](std::uint64_t now, std::uint64_t before) {
    return static_cast<double>(now - before) / seconds;
  };
  const auto line = fmt::format(
      "in {} ({:.0f}/s)  out {} ({:.0f}/s)  groups {}  stored {}  lost {}", counts_.received,
      rate(counts_.received, received_), counts_.emitted, rate(counts_.emitted, emitted_),
      counts_.groups, counts_.stored, counts_.lost_points());
  received_ = counts_.received;
  emitted_ = counts_.emitted;
  log().show_progress(line);
}

void progress::stop() {
  timer_.cancel();
  log().clear_progress();
}

}  // namespace kapacitor::udf::host
