#include "run/progress.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

/// `rate`: points accepted per second, lately.
std::string progress_line(const account& sum, const histogram& lateness,
                          std::chrono::nanoseconds elapsed, double rate) {
  return fmt::format(
      "{:.0f}s  {:.1f} points/s  lag {}  accepted {}  rejected {}  dropped {}  waiting {}  retries "
      "{}",
      std::chrono::duration<double>(elapsed).count(), rate, short_duration(lateness.quantile(0.99)),
      sum.accepted, sum.rejected, sum.dropped, sum.unsent, sum.retries);
}

/// The same for a log.
log_line progress_event(const account& sum, const histogram& lateness,
                        std::chrono::nanoseconds elapsed, double rate) {
  return log_line("progress")
      .add("elapsed", short_duration(elapsed))
      .add("points_per_second", fmt::format("{:.1f}", rate))
      .add("lag", short_duration(lateness.quantile(0.99)))
      .add("accepted", sum.accepted)
      .add("rejected", sum.rejected)
      .add("dropped", sum.dropped)
      .add("waiting", sum.unsent)
      .add("retries", sum.retries);
}

}  // namespace

void progress::begin(steady_time now) {
  began_ = shown_at_ = now;
  const bool shows = console_.is_terminal() ? !stdout_taken_ : settings_.progress_everywhere;
  if (shows && settings_.progress.count() > 0) due_ = now + settings_.progress;
}

void progress::show(steady_time now, const tally& so_far) {
  account sum;
  for (const auto& leg : so_far.legs) sum += leg.points;
  const auto seconds = std::chrono::duration<double>(now - shown_at_).count();
  const double rate = static_cast<double>(sum.accepted - shown_) / seconds;
  if (console_.is_terminal()) {
    console_.show_progress(progress_line(sum, so_far.lateness, now - began_, rate));
  } else {
    console_.log(log_level::info, progress_event(sum, so_far.lateness, now - began_, rate));
  }
  shown_ = sum.accepted;
  shown_at_ = now;
  due_ = std::max(due_ + settings_.progress, now);
}

}  // namespace kapacitor::generator
