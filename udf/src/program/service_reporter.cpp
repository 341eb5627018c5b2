#include "program/service_reporter.hpp"

#include <algorithm>
#include <utility>

#include "base/text/phrase.hpp"
#include "supervise/service_manager.hpp"

namespace kapacitor::udf::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// So new is what `systemctl status` shows.
constexpr milliseconds longest_period = 1s;

milliseconds watchdog_limit() {
  return std::chrono::duration_cast<milliseconds>(supervise::watchdog_period());
}

/// A loop that turns answers twice before it counts as stuck.
milliseconds period_for(milliseconds watchdog) {
  if (!supervise::has_service_manager()) return 0ms;
  return watchdog > 0ms ? std::clamp(watchdog / 4, 1ms, longest_period) : longest_period;
}

std::string microseconds_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

service_reporter::service_reporter(std::function<std::string()> state)
    : state_(std::move(state)), watchdog_(watchdog_limit()), period_(period_for(watchdog_)) {}

void service_reporter::add(loop_watch::loop l) {
  loops_.add(std::move(l));
}

void service_reporter::tick() {
  if (period_ == 0ms || stopping_) return;
  tell("");
  if (watchdog_ > 0ms && loops_.stuck(watchdog_ / 2).empty())
    supervise::tell_service_manager("WATCHDOG=1");
}

void service_reporter::ready() {
  failed_.clear();
  tell("READY=1");
  tick();
}

void service_reporter::reloading() const {
  // systemd tells by the time which reload this is.
  supervise::tell_service_manager("RELOADING=1\nMONOTONIC_USEC=" + microseconds_now());
}

void service_reporter::reload_failed(const std::string& why) {
  failed_ = why;
  tell("READY=1");
}

void service_reporter::stopping() {
  stopping_ = true;
  supervise::tell_service_manager("STOPPING=1\nSTATUS=Stopping: " + one_line(state_()));
}

std::string service_reporter::status() const {
  const auto now = state_();
  return one_line(failed_.empty() ? now : "Reload failed: " + failed_ + "; as before: " + now);
}

/// With the status if that has changed.
void service_reporter::tell(const std::string& what) {
  if (period_ == 0ms) return;
  auto now = status();
  auto text = what;
  if (now != told_) text += (text.empty() ? "" : "\n") + ("STATUS=" + now);
  if (!text.empty() && supervise::tell_service_manager(text) == 0) told_ = std::move(now);
}

void service_pulse::wait() {
  if (reporter_.period() == 0ms) return;
  timer_.expires_after(reporter_.period());
  timer_.async_wait([this](error_code error) {
    if (error) return;
    reporter_.tick();
    wait();
  });
}

}  // namespace kapacitor::udf::server
