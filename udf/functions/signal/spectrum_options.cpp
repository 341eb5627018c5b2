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
    problems.add("every and everyCount say the same: give one of them");
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
  if (o.max_gap.count() / o.interval.count() > o.size / 2) {
    problems.add("maxGap must be at most half the window, size / 2 times interval, got maxGap " +
                 to_string(o.max_gap) + ", size " + std::to_string(o.size) + " and interval " +
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
      problems.add(text + " has no frequency in it: there are multiples of " +
                   hertz(resolution(o)) + ", 1 / (size · interval), up to " +
                   hertz(resolution(o) * static_cast<double>(o.size / 2)));
    }
  }
}

}  // namespace

udf::schema<spectrum::options> spectrum::options::describe() {
  using namespace std::chrono_literals;
  return udf::schema<options>{}
      .required("field", &options::field, "field to look at, a number", udf::not_empty())
      .required("size", &options::size, "length of the window in points", udf::between(4, 65'536))
      .required("interval", &options::interval, "time between two points of a group",
                udf::more_than(0ns))
      .optional("every", &options::every,
                "time from one answer to the next, a multiple of interval (0s: by everyCount)",
                udf::at_least(0ns))
      .optional("everyCount", &options::every_count,
                "points from one answer to the next (0: by every, or else half of size)",
                udf::between(0, 1'000'000'000))
      .optional("window", &options::window, "weights of the points of the window",
                udf::one_of({"hann", "hamming", "blackman", "none"}))
      .optional("band", &options::bands,
                "name, and frequencies in Hz from and to (itself not): a band whose power is "
                "written to <as>_<name>")
      .optional("maxGap", &options::max_gap,
                "longest gap between two points that is filled by a straight line; a longer one "
                "begins the window anew (0s: each does, as soon as one point is missing)",
                udf::at_least(0ns))
      .with(output("what the names of the fields written begin with"));
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
  weights = window_weights(window, length);
  for (const double w : weights) {
    weight_sum += w;
    weight_squares += w * w;
  }
  transform = std::make_shared<fourier>(length);
}

udf::description spectrum::describe() {
  return {
      .computes = R"(With the last n = `size` values xᵢ, their mean taken off, the weights wᵢ of
`window` and Δ = `interval`, the discrete Fourier transform X_k = ∑ wᵢ xᵢ e^(−2πj·ik/n) stands for
the frequencies k / (nΔ), k from 1 to n / 2. It gives

- the strongest frequency, that of the largest power P_k, and its amplitude 2 |X_k| / ∑ wᵢ: of a
  sine wave with just that frequency, its amplitude; of one between two of them with `hann` up to
  15 % less, with `none` up to 36 %;
- the power of each `band`, ∑ P_k over the frequencies in [from, to), P_k = 2 |X_k|² / (n ∑ wᵢ²):
  the part of the window's variance, in the field's unit squared, that is of these frequencies. All
  frequencies together have the variance, with `none` exactly.

For the highest frequency of an even n the factor is 1 in place of 2. `size` may be any number;
products of small primes are the fastest. `hann`, `hamming` and `blackman` are taken as periodic.

The points are to be `interval` apart, each up to half of it early or late. The first answer comes
with the point that makes the window full.)",
      .outputs = {{"`as`_frequency", "double",
                   "the strongest frequency, in Hz; left out where all values are equal"},
                  {"`as`_amplitude", "double", "its amplitude, in the field's unit"},
                  {"`as`_‹band›", "double", "the band's power, in the field's unit squared"}},
      .times =
          "A point less than half an `interval` after the newest one, at its time or before "
          "it, is left out. From one and a half on, points are missing (also such without a "
          "number in the field): a gap between two points of at most `maxGap` is filled by a "
          "straight line, a longer one begins the window anew. An answer has the time, the "
          "name and the tags of the point that brings it out.",
      .cost =
          "O(1) per point; O(size · log size) per answer, for any size, by FFTW. No allocation "
          "once the window is full, except within FFTW where `size` has large prime factors.",
      .state =
          "In memory 64 bytes, and 8 for each point of the window (up to twice as many slots); "
          "in the snapshot 19 bytes, and 8 for each point. The transform is shared by the "
          "groups of a task: 40 bytes for each point of `size`.",
      .source =
          "P. D. Welch, The use of fast Fourier transform for the estimation of power "
          "spectra, 1967; M. Frigo, S. G. Johnson, The design and implementation of FFTW3, "
          "2005",
  };
}

}  // namespace kapacitor::udf::functions
