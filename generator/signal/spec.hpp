#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace kapacitor::generator {

using nanoseconds = std::chrono::nanoseconds;

// What a signal is to look like, as a scenario says it. Values are in the field's unit; periods and
// durations are data time, counted from the start of the stream.

struct constant_spec {
  double value = 0;
  double spread = 0;  // each series has a value of its own, up to that far away
};

enum class wave { sine, square, sawtooth, triangle, pulse };

struct wave_spec {
  wave shape = wave::sine;
  double amplitude = 1;  // half of the height; of a pulse, all of it
  nanoseconds period{};
  double turns = 0;  // where in its period it starts
  bool phase_per_series = false;
  double duty = 0.5;  // the part of the period in which square and pulse are high
};

/// A sine whose frequency climbs evenly over a period, then starts again.
struct chirp_spec {
  double amplitude = 1;
  double from_hz = 0;
  double to_hz = 0;
  nanoseconds period{};
  bool phase_per_series = false;
  double turns = 0;
};

/// From one value to another, which it keeps.
struct ramp_spec {
  double from = 0;
  double to = 0;
  nanoseconds duration{};
};

/// One level after the other, again and again.
struct step_spec {
  std::vector<double> levels;
  nanoseconds every{};
};

struct counter_spec {
  double rate = 1;    // per second
  double jitter = 1;  // 0: the same each tick, 1: anything between none and twice as much
  nanoseconds reset_every{};
};

struct walk_spec {
  double start = 0;
  double sigma = 1;  // of one tick's step
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool monotonic = false;
};

/// x' = phi x + noise: what wanders, but comes back.
struct ar1_spec {
  double phi = 0;
  double sigma = 1;  // of the noise
};

/// A profile such as a day's, straight between its points.
struct seasonal_spec {
  nanoseconds period{};
  std::vector<double> points;
  double scale = 1;
  bool phase_per_series = false;
  double turns = 0;
};

/// States left by chance, each after a mean stay of its own, or with a chance of its own each tick.
struct markov_spec {
  std::vector<double> levels;
  std::vector<nanoseconds> stay;   // or
  std::vector<double> leave = {};  // in (0, 1]
};

enum class noise { normal, uniform, laplace, student, pink, lognormal, poisson };

struct noise_spec {
  noise kind = noise::normal;
  double size = 1;   // normal, pink: standard deviation; uniform: half its width; else the scale
  int freedom = 3;   // of student
  double shape = 1;  // lognormal: standard deviation of the logarithm; poisson: the mean
};

struct signal_spec;
struct sum_spec {
  std::vector<signal_spec> parts;
};
struct product_spec {
  std::vector<signal_spec> parts;
};

struct signal_spec {
  std::variant<constant_spec, wave_spec, chirp_spec, ramp_spec, step_spec, counter_spec, walk_spec,
               ar1_spec, seasonal_spec, markov_spec, noise_spec, sum_spec, product_spec>
      kind;
};

/// The standard deviation of what is random from tick to tick in a signal; 0: nothing is.
double noise_level(const signal_spec& s);

/// Whether any part of it repeats, so that its frequency can change.
bool has_period(const signal_spec& s);

}  // namespace kapacitor::generator
