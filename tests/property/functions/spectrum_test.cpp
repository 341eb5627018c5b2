#include "functions/signal/spectrum.hpp"

#include <cmath>
#include <complex>
#include <deque>
#include <numbers>

#include <gtest/gtest.h>

#include "property/functions/forged_snapshot.hpp"
#include "property/functions/reading.hpp"
#include "property/functions/signal_stream.hpp"

// spectrum against the definition of the discrete Fourier transform.
namespace kapacitor::udf::spectrum_test {
namespace {

using namespace std::chrono_literals;
using functions::spectrum;
using test::second;
using test::usable;

struct shape {
  std::size_t size, every;
  std::string window;
  std::int64_t max_gap;  // s
};

std::vector<option> options_of(const shape& s) {
  return {{"field", {"x"}},
          {"size", {s.size}},
          {"everyCount", {s.every}},
          {"taper", {s.window}},
          {"interval", {1s}},
          {"maxFill", {std::chrono::seconds(s.max_gap)}},
          {"band", {"low", 0.0, 0.2}},
          {"band", {"high", 0.2, 1.0}}};
}

long double weight(const std::string& window, std::size_t i, std::size_t n) {
  const auto a = 2 * std::numbers::pi_v<long double> * static_cast<long double>(i) /
                 static_cast<long double>(n);
  if (window == "hann") return std::pow(std::sin(a / 2), 2);
  if (window == "hamming") return 0.54L - 0.46L * std::cos(a);
  if (window == "blackman") return 0.42L - 0.5L * std::cos(a) + 0.08L * std::cos(2 * a);
  return 1;
}

struct found {
  double frequency = 0, amplitude = 0, low = 0, high = 0;
};

/// From the definition; x of 1 s each.
found slow_spectrum(const std::deque<double>& x, const std::string& window) {
  using complex = std::complex<long double>;
  const auto n = x.size();
  long double mean = 0, weights = 0, squares = 0, best = -1;
  for (const double v : x) mean += v / static_cast<long double>(n);
  std::vector<long double> weighted;
  for (std::size_t i = 0; i < n; ++i) {
    const auto w = weight(window, i, n);
    weights += w;
    squares += w * w;
    weighted.push_back(w * (x[i] - mean));
  }
  std::vector<complex> turns;
  for (std::size_t i = 0; i < n; ++i) {
    turns.push_back(
        std::polar(1.0L, -2 * std::numbers::pi_v<long double> * static_cast<long double>(i) /
                             static_cast<long double>(n)));
  }
  found result;
  for (std::size_t k = 1; k <= n / 2; ++k) {
    complex sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += weighted[i] * turns[i * k % n];
    const long double both = 2 * k == n ? 1 : 2;
    const auto power = both * std::norm(sum) / (static_cast<long double>(n) * squares);
    const auto frequency = static_cast<double>(k) / static_cast<double>(n);
    (frequency < 0.2 ? result.low : result.high) += static_cast<double>(power);
    if (power <= best) continue;
    best = power;
    result.frequency = frequency;
    result.amplitude = static_cast<double>(both * std::abs(sum) / weights);
  }
  return result;
}

/// Mostly a second apart, not quite; now and then points that are missing or too many.
std::vector<test::point> stream(std::uint64_t seed, std::size_t n) {
  test::sample random(seed);
  std::vector<test::point> points;
  std::int64_t time = 1'600'000'000 * second;
  for (std::size_t i = 0; i < n; ++i) {
    time += second;
    if (random.one_in(40)) time += second * static_cast<std::int64_t>(random.below(5));
    if (random.one_in(200)) time += second * static_cast<std::int64_t>(random.below(50));
    test::point p{.time = time + static_cast<std::int64_t>((random.part() - 0.5) * 4e8)};
    if (random.one_in(50)) p.time -= static_cast<std::int64_t>(random.part() * 5e9);
    const double wave =
        5 * std::sin(0.001 * static_cast<double>(i % 5'000) * static_cast<double>(i));
    if (!random.one_in(50)) p.fields.emplace_back("x", 100 + wave + random.part());
    points.push_back(std::move(p));
  }
  return points;
}

/// What is to come out, in order: the place of the point, and what is found.
std::vector<std::pair<std::size_t, found>> expected_of(const shape& s,
                                                       const std::vector<test::point>& points) {
  std::vector<std::pair<std::size_t, found>> result;
  std::deque<double> window;
  std::size_t since = 0;
  std::int64_t newest = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto x = usable(points[i], "x");
    const auto ahead = points[i].time - newest;
    auto steps = static_cast<std::int64_t>(std::floor(static_cast<double>(ahead) / 1e9 + 0.5));
    if (!x || (newest != 0 && steps < 1)) continue;
    if (newest == 0) steps = 1;
    if (steps > 1 && ahead > s.max_gap * second) {
      window.clear();
      steps = 1;
    }
    const double before = window.empty() ? *x : window.back();
    for (std::int64_t k = 1; k <= steps; ++k) {
      const double part = static_cast<double>(k) / static_cast<double>(steps);
      const bool was_full = window.size() == s.size;
      window.push_back(before + part * (*x - before));
      if (was_full) window.pop_front();
      since = window.size() < s.size ? 0 : was_full ? since + 1 : s.every;
    }
    newest = points[i].time;
    if (s.every == 0 || window.size() < s.size || since < s.every) continue;
    since %= s.every;
    result.emplace_back(i, slow_spectrum(window, s.window));
  }
  return result;
}

TEST(Spectrum, IsTheFourierTransformOfTheWindow) {
  std::uint64_t seed = 1;
  std::size_t answers = 0;
  for (const auto& s :
       {shape{16, 4, "hann", 0}, shape{15, 1, "none", 3}, shape{24, 30, "blackman", 8},
        shape{6, 2, "hamming", 2}, shape{37, 9, "hann", 9}}) {
    SCOPED_TRACE(s.window + std::to_string(s.size));
    const auto points = stream(seed++, 20'000);
    const auto expected = expected_of(s, points);
    std::string problem;
    const auto out =
        test::feed_with_a_restart(make_function<spectrum>("f"), options_of(s), points, problem);
    ASSERT_EQ(problem + out.error, "");
    ASSERT_EQ(out.points.size(), expected.size());
    answers += expected.size();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& [place, e] = expected[i];
      const auto& got = out.points[i];
      ASSERT_EQ(got.time, points[place].time);
      ASSERT_NEAR(*got.number("spectrum_frequency"), e.frequency, 1e-15);
      ASSERT_NEAR(*got.number("spectrum_amplitude"), e.amplitude, 1e-12 * (1 + e.amplitude));
      ASSERT_NEAR(*got.number("spectrum_low"), e.low, 1e-12 * (1 + e.low));
      ASSERT_NEAR(*got.number("spectrum_high"), e.high, 1e-12 * (1 + e.high));
    }
  }
  EXPECT_GT(answers, 20'000u);
}

std::vector<test::point> series(const std::vector<double>& values) {
  std::vector<test::point> points;
  for (const double v : values) {
    points.push_back(
        {.fields = {{"x", v}}, .time = static_cast<std::int64_t>(points.size()) * second});
  }
  return points;
}
test::output of(std::vector<option> more, const std::vector<test::point>& points) {
  more.push_back({"field", {"x"}});
  more.push_back({"interval", {1s}});
  return test::run<spectrum>(more, points);
}

TEST(Spectrum, FindsASineWaveAndItsVariance) {
  std::vector<double> wave;
  for (int i = 0; i < 1'000; ++i) wave.push_back(1e9 + 3 * std::sin(2 * std::numbers::pi * i / 10));
  for (const char* window : {"hann", "none", "hamming", "blackman"}) {
    const auto out =
        of({{"size", {1'000}}, {"taper", {window}}, {"band", {"all", 0, 1}}}, series(wave));
    ASSERT_EQ(out.points.size(), 1u);
    EXPECT_DOUBLE_EQ(*out.points[0].number("spectrum_frequency"), 0.1);
    EXPECT_NEAR(*out.points[0].number("spectrum_amplitude"), 3, 1e-7);
    EXPECT_NEAR(*out.points[0].number("spectrum_all"), 4.5, 1e-6);
  }
}

TEST(Spectrum, HasItsHardCases) {
  // All equal: no frequency, no power.
  auto out =
      of({{"size", {8}}, {"band", {"all", 0, 1}}}, series(std::vector<double>(8, 1e9 + 0.1)));
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(out.points[0].number("spectrum_frequency"), std::nullopt);
  EXPECT_EQ(out.points[0].number("spectrum_amplitude"), 0.0);
  EXPECT_EQ(out.points[0].number("spectrum_all"), 0.0);
  // Beyond a double: first the power, then everything; nothing is left when they have gone.
  const auto wave = [](double size) {
    return std::vector<double>{size, -size, size, -size, size, -size, size, -size};
  };
  out = of({{"size", {8}}, {"taper", {"none"}}, {"band", {"all", 0, 1}}}, series(wave(5e307)));
  ASSERT_EQ(out.points.size(), 1u);
  EXPECT_EQ(out.points[0].number("spectrum_amplitude"), 5e307);
  EXPECT_EQ(out.points[0].number("spectrum_all"), std::nullopt);
  auto values = wave(1e308);
  for (const double x : {1e12, 1e12, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0})
    values.push_back(x);
  out = of({{"size", {8}}, {"everyCount", {1}}, {"taper", {"none"}}, {"band", {"all", 0, 1}}},
           series(values));
  ASSERT_FALSE(out.points.empty());
  EXPECT_EQ(out.points.back().number("spectrum_all"), 1.0);
  EXPECT_EQ(out.points.back().number("spectrum_frequency"), 0.5);
  // The times of the ends of the world, and all at one time.
  std::vector<test::point> points = series(wave(1));
  points[0].time = std::numeric_limits<std::int64_t>::min();
  points[7].time = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(of({{"size", {8}}}, points).points.size(), 0u);
  for (auto& p : points) p.time = 5;
  EXPECT_EQ(of({{"size", {8}}}, points).points.size(), 0u);
}

TEST(Spectrum, RefusesASnapshotThatCannotBe) {
  const std::vector<option> options = {
      {"field", {"x"}}, {"size", {4}}, {"interval", {1s}}, {"maxFill", {2s}}};
  const auto f = make_function<spectrum>("f");
  test::runner first(f, options);
  first.feed(series({1, 2, 4, 3, 5}));
  const auto snapshot = first.snapshot();
  test::expect_no_harm_of_another_byte<spectrum>(options, series({1, 2, 4, 3, 5}),
                                                 series({1, 2, 4, 3, 5, 7, 8}));
  EXPECT_NE(
      test::runner(f, {{"field", {"x"}}, {"size", {5}}, {"interval", {1s}}}).restore(snapshot), "");
}

TEST(Spectrum, SaysWhatIsWrongWithTheOptions) {
  const auto error = [](std::vector<option> more) {
    more.push_back({"field", {"x"}});
    more.push_back({"size", {10}});
    more.push_back({"interval", {1s}});
    return test::error_of(make_function<spectrum>("f"), more);
  };
  EXPECT_EQ(error({}), "");
  EXPECT_EQ(error({{"every", {1500ms}}, {"everyCount", {3}}}),
            "give every or everyCount, not both; every must be a multiple of "
            "interval, got every 1s500ms and interval 1s");
  EXPECT_EQ(error({{"taper", {"kaiser"}}}),
            "taper must be one of 'hann', 'hamming', 'blackman', 'none', got 'kaiser'");
  EXPECT_EQ(
      error({{"maxFill", {6s}}}),
      "maxFill must be at most half the window, size / 2 times interval, got maxFill 6s, size "
      "10 and interval 1s");
  EXPECT_EQ(error({{"band", {"a", 0.11, 0.19}}, {"band", {"frequency", 0.0, 0.2}}}),
            "band 'a' from 0.11 Hz to 0.19 Hz has no frequency in it: there are multiples of 0.1 "
            "Hz, 1 / (size · interval), up to 0.5 Hz; band 'frequency' from 0.0 Hz to 0.2 Hz needs "
            "a name of its own, not frequency or amplitude");
  EXPECT_EQ(error({{"band", {"a", 0.2, 0.1}}}),
            "band 'a' from 0.2 Hz to 0.1 Hz must begin at 0.0 or above, and end above its "
            "beginning");
}

}  // namespace
}  // namespace kapacitor::udf::spectrum_test
