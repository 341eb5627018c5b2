#include "run/progress.hpp"

#include <fmt/format.h>

#include "base/text/units.hpp"

namespace kapacitor::generator {

std::string progress_line(const tally& t, std::chrono::nanoseconds elapsed, double rate) {
  account sum;
  for (const auto& leg : t.legs) sum += leg.points;
  return fmt::format(
      "{:.0f}s  {:.1f} points/s  lag {}  accepted {}  rejected {}  dropped {}  waiting {}  retries "
      "{}",
      std::chrono::duration<double>(elapsed).count(), rate,
      short_duration(t.lateness.quantile(0.99)), sum.accepted, sum.rejected, sum.dropped,
      sum.unsent, sum.retries);
}

}  // namespace kapacitor::generator
