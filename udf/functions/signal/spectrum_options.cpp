// What the options of `spectrum` make together.
#include <algorithm>
#include <cmath>
#include <set>

#include "functions/signal/hertz.hpp"
#include "functions/signal/spectrum.hpp"

namespace kapacitor::udf::functions {
namespace {

double resolution(const spectrum::options& o) {
  return 1e9 / (static_cast<double>(o.size) * static_cast<double>(o.interval.count()));
}

/// Points from one answer to the next.
std::int64_t points_between(const spectrum::options& o, udf::option_problems& problems) {
  if (o.every.count() > 0 && o.every_count > 0) {
    problems.add("give every or everyCount, not both");
  }
  if (o.every.count() % o.interval.count() != 0) {
    problems.add("every must be a multiple of interval, got every " + to_string(o.every) +
                 " and interval " + to_string(o.interval));
  }
  if (o.every_count > 0) return o.every_count;
  if (o.every.count() > 0) return std::max<std::int64_t>(1, o.every / o.interval);
  return std::max<std::int64_t>(1, o.size / 2);
}

void check_gap(const spectrum::options& o, udf::option_problems& problems) {
  if (o.max_fill.count() / o.interval.count() > o.size / 2) {
    problems.add("maxFill must be at most half the window, size / 2 times interval, got maxFill " +
                 to_string(o.max_fill) + ", size " + std::to_string(o.size) + " and interval " +
                 to_string(o.interval));
  }
}

/// Which frequencies of the transform, 1 to n / 2 times the resolution, lie in [low, high).
spectrum::options::band placed(const spectrum::options& o, const std::string& name, double low,
                               double high) {
  const auto last = static_cast<std::size_t>(o.size / 2);
  // A frequency that is meant to be just the bound may differ from it in its last digits.
  const auto from = [&](double frequency) {
    const double place = std::ceil(frequency / resolution(o) - 1e-9);
    return static_cast<std::size_t>(std::clamp(place, 1.0, static_cast<double>(last + 1)));
  };
  return {o.as + "_" + name, from(low), from(high)};
}

void place_bands(spectrum::options& o, udf::option_problems& problems) {
  std::set<std::string> names{"frequency", "amplitude"};
  if (o.bands.size() > spectrum::most_bands) {
    problems.add("band may be given up to 32 times, got " + std::to_string(o.bands.size()));
  }
  for (const auto& use : o.bands) {
    const auto& name = std::get<0>(use);
    const double low = std::get<1>(use), high = std::get<2>(use);
    const auto text = "band '" + name + "' from " + hertz(low) + " to " + hertz(high);
    if (name.empty() || !names.insert(name).second) {
      problems.add(text + " needs a name of its own, not frequency or amplitude");
    }
    if (!(low >= 0 && high > low)) {
      problems.add(text + " must begin at 0.0 or above, and end above its beginning");
      continue;
    }
    o.parts.push_back(placed(o, name, low, high));
    if (o.parts.back().begin >= o.parts.back().end) {
      const auto half = o.size / 2;
      problems.add(text + " has no frequency in it: there are multiples of " +
                   hertz(resolution(o)) + ", 1 / (size · interval), up to " +
                   hertz(resolution(o) * static_cast<double>(half)));
    }
  }
}

}  // namespace

udf::schema<spectrum::options> spectrum::options::describe() {
  using namespace std::chrono_literals;
  return udf::schema<options>{}
      .required("field", &options::field, "field to analyse, a number", udf::not_empty())
      .required("size", &options::size, "length of the window in points", udf::between(4, 65'536))
      .required("interval", &options::interval, "time between two points of a group",
                udf::more_than(0ns))
      .optional("every", &options::every,
                "time from one answer to the next, a multiple of interval (0s: by everyCount)",
                udf::at_least(0ns))
      .optional("everyCount", &options::every_count,
                "points from one answer to the next (0: by every, or else half of size)",
                udf::between(0, 1'000'000'000))
      .optional("taper", &options::taper,
                "weights of the points of the window: 'hann', 'hamming', 'blackman', or 'none', "
                "all the same",
                udf::one_of({"hann", "hamming", "blackman", "none"}))
      .output_only()
      .optional("band", &options::bands,
                "name, and frequencies in Hz from and to (exclusive): a band whose power is "
                "written to <as>_<name>")
      .output_only()
      .optional("maxFill", &options::max_fill,
                "longest gap that is filled, by a straight line; after a longer one the window "
                "starts again (0s: after any missing point)",
                udf::at_least(0ns))
      .with(udf::clock())
      .with(output("all fields written begin with it"));
}

void spectrum::options::check() {
  udf::option_problems problems;
  between = static_cast<std::size_t>(points_between(*this, problems));
  length = static_cast<std::size_t>(size);
  check_gap(*this, problems);
  place_bands(*this, problems);
  problems.throw_if_any();
  frequency_field = as + "_frequency";
  amplitude_field = as + "_amplitude";
  weights = taper_weights(taper, length);
  for (const double w : weights) {
    weight_sum += w;
    weight_squares += w * w;
  }
  transform = std::make_shared<fourier>(length);
}

}  // namespace kapacitor::udf::functions
