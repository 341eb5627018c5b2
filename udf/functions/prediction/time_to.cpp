#include "functions/prediction/time_to.hpp"

#include <cmath>
#include <limits>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

/// A time that many seconds later; empty if an int64 of ns cannot hold it.
std::optional<std::int64_t> later(std::int64_t time, double seconds) {
  constexpr double too_late = 9.2e18;  // ns; a little less than an int64 holds
  const double by = 1e9 * seconds;
  if (!(by < too_late)) return std::nullopt;
  const auto ns = static_cast<std::int64_t>(by);
  if (time > std::numeric_limits<std::int64_t>::max() - ns) return std::nullopt;
  return time + ns;
}

}  // namespace

udf::schema<time_to::options> time_to::options::describe() {
  using std::chrono::nanoseconds;
  return udf::schema<options>{}
      .required("field", &options::field, "field to watch, a number", udf::not_empty())
      .required("threshold", &options::threshold, "value of the field to be reached")
      .output_only()
      .with(window())
      .optional("direction", &options::direction,
                "side of the threshold that counts as reached: 'above', 'below', or 'either', the "
                "one on which the line is not yet",
                udf::one_of({"either", "above", "below"}))
      .output_only()
      .optional("unit", &options::unit, "unit of time, of the time that is left",
                udf::more_than(nanoseconds(0)))
      .output_only()
      .optional("horizon", &options::horizon,
                "how far ahead to look: a threshold further away counts as not reachable",
                udf::more_than(nanoseconds(0)))
      .output_only()
      .flag("timestamp", &options::timestamp,
            "write the time at which the threshold is reached as well")
      .output_only()
      .with(udf::clock())
      .with(output("the time that is left; the other fields written begin with it"));
}

void time_to::options::check() {
  check_window();
  if (size == 1) throw udf::option_error("size must be 0 or at least 2, got 1: a line has no less");
  if (!std::isfinite(threshold)) throw udf::option_error("threshold must be a finite number");
  direction_way = direction == "above"   ? way::above
                  : direction == "below" ? way::below
                                         : way::either;
  as_slope = as + "_slope";
  as_at = as + "_at";
  as_reachable = as + "_reachable";
}

/// Empty if the threshold is not reachable.
std::optional<double> time_to::seconds_left(const sliding_line::line& line) const {
  using way = options::way;
  const double x = line.newest, threshold = options_.threshold;
  if (x == threshold) return 0;
  const bool rising =
      options_.direction_way == way::either ? x < threshold : options_.direction_way == way::above;
  if (rising ? x > threshold : x < threshold) return 0;
  const double left = (threshold - x) / line.slope;
  const double most = static_cast<double>(options_.horizon.count()) / 1e9;
  // Negative: it moves away. Not finite: it is flat, or nearly so.
  return left > 0 && left <= most ? std::optional(left) : std::nullopt;
}

void time_to::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  const auto time = p.time().time_since_epoch().count();
  if (!x) return skip_without_number(p, options_.field, out);
  if (!line_.push(time, *x)) return out.skip(udf::reason::late, line_.newest());
  if (line_.is_cut()) [[unlikely]]
    out.note(udf::reason::cut_window, "period");
  const auto line = line_.fit();
  if (!line) return out.skip(line_.has_span() ? udf::reason::overflow : udf::reason::too_few);
  output_fields<4> fields;
  const auto left = seconds_left(*line);
  if (left) {
    const double unit = static_cast<double>(options_.unit.count()) / 1e9;
    fields.add(options_.as, *left / unit);
    if (const auto at = later(time, *left); at && options_.timestamp)
      fields.add(options_.as_at, *at);
  }
  fields.add(options_.as_slope, line->slope).add(options_.as_reachable, left.has_value());
  fields.send(p, options_.keep, out);
}

}  // namespace kapacitor::udf::functions
