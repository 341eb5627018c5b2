#include "signal/signal.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "signal/spec.hpp"

namespace kapacitor::generator {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t step = 1'000'000'000;

/// One row of a signal, a second a tick.
std::vector<double> values_of(const signal_spec& spec, std::int64_t ticks, std::uint64_t seed = 1) {
  const auto s = make_signal(spec, 1, 1.0);
  s->restart(0, random_stream{seed});
  std::vector<double> values(static_cast<std::size_t>(ticks));
  for (std::int64_t t = 0; t < ticks; ++t) {
    s->fill({t, t * step}, {0, 1}, join::set, &values[static_cast<std::size_t>(t)]);
  }
  return values;
}

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
double deviation(const std::vector<double>& v) {
  const double middle = mean(v);
  double sum = 0;
  for (const double x : v) sum += (x - middle) * (x - middle);
  return std::sqrt(sum / static_cast<double>(v.size()));
}
double correlation(const std::vector<double>& v, std::size_t lag) {
  const double middle = mean(v);
  double sum = 0;
  for (std::size_t i = lag; i < v.size(); ++i) sum += (v[i] - middle) * (v[i - lag] - middle);
  return sum / static_cast<double>(v.size() - lag) / deviation(v) / deviation(v);
}

TEST(Signal, WavesHaveTheirShapes) {
  wave_spec w;
  w.amplitude = 2;
  w.period = 8s;
  const auto shape = [&](wave kind) {
    w.shape = kind;
    return values_of({w}, 9);
  };
  const auto sine = shape(wave::sine);
  for (std::size_t t = 0; t < 9; ++t) {
    EXPECT_NEAR(sine[t], 2 * std::sin(M_PI * static_cast<double>(t) / 4), 1e-8);
  }
  EXPECT_EQ(shape(wave::square), (std::vector<double>{2, 2, 2, 2, -2, -2, -2, -2, 2}));
  EXPECT_EQ(shape(wave::sawtooth), (std::vector<double>{-2, -1.5, -1, -.5, 0, .5, 1, 1.5, -2}));
  EXPECT_EQ(shape(wave::triangle), (std::vector<double>{-2, -1, 0, 1, 2, 1, 0, -1, -2}));
  w.duty = 0.25;
  EXPECT_EQ(shape(wave::pulse), (std::vector<double>{2, 2, 0, 0, 0, 0, 0, 0, 2}));
  w.turns = 0.5;
  EXPECT_EQ(shape(wave::pulse), (std::vector<double>{0, 0, 0, 0, 2, 2, 0, 0, 0}));
}

TEST(Signal, LevelsRampsAndProfilesGoThroughTheirPoints) {
  EXPECT_EQ(values_of({ramp_spec{1, 3, 4s}}, 6), (std::vector<double>{1, 1.5, 2, 2.5, 3, 3}));
  EXPECT_EQ(values_of({step_spec{{5, 7}, 2s}}, 5), (std::vector<double>{5, 5, 7, 7, 5}));
  seasonal_spec s;
  s.period = 8s;
  s.points = {0, 4};
  EXPECT_EQ(values_of({s}, 9), (std::vector<double>{0, 1, 2, 3, 4, 3, 2, 1, 0}));
  s.turns = 0.5;
  EXPECT_EQ(values_of({s}, 9), (std::vector<double>{4, 3, 2, 1, 0, 1, 2, 3, 4}));
}

TEST(Signal, AChirpClimbsFromOneFrequencyToTheOther) {
  chirp_spec c;
  c.from_hz = 0.01;
  c.to_hz = 0.1;
  c.period = 1000s;
  const auto v = values_of({c}, 1000);
  const auto crossings = [&](std::size_t from, std::size_t to) {
    int n = 0;
    for (auto i = from + 1; i < to; ++i) n += (v[i] > 0) != (v[i - 1] > 0) ? 1 : 0;
    return n;
  };
  EXPECT_NEAR(crossings(0, 100), 2 * 1.45, 2);
  EXPECT_NEAR(crossings(900, 1000), 2 * 9.55, 2);
}

TEST(Signal, CountersOnlyRiseAtTheirRateUntilTheyAreReset) {
  counter_spec c;
  c.rate = 3;
  auto v = values_of({c}, 1000);
  for (std::size_t i = 1; i < v.size(); ++i) ASSERT_GE(v[i], v[i - 1]);
  EXPECT_NEAR(v.back(), 3 * 999, 3);
  c.reset_every = 100s;
  v = values_of({c}, 1000);
  int resets = 0;
  for (std::size_t i = 1; i < v.size(); ++i) resets += v[i] < v[i - 1] ? 1 : 0;
  EXPECT_EQ(resets, 10);
}

TEST(Signal, AWalkStaysWithinItsLimits) {
  const auto v = values_of({walk_spec{5, 1, 0, 10, false}}, 20'000);
  EXPECT_GE(*std::min_element(v.begin(), v.end()), 0);
  EXPECT_LE(*std::max_element(v.begin(), v.end()), 10);
  EXPECT_NEAR(mean(v), 5, 0.7);
  const auto up = values_of({walk_spec{0, 1, -1e9, 1e9, true}}, 100);
  EXPECT_TRUE(std::is_sorted(up.begin(), up.end()));
}

TEST(Signal, Ar1RemembersAsMuchAsItsPhiSays) {
  const auto v = values_of({ar1_spec{0.9, 1}}, 100'000);
  EXPECT_NEAR(deviation(v), noise_level({ar1_spec{0.9, 1}}), 0.1);
  EXPECT_NEAR(correlation(v, 1), 0.9, 0.02);
  EXPECT_NEAR(correlation(v, 10), std::pow(0.9, 10), 0.05);
}

TEST(Signal, NoisesHaveTheirDeviationAndNoMemory) {
  for (const auto kind : {noise::normal, noise::uniform, noise::laplace}) {
    noise_spec n{kind, 2, 3};
    const auto v = values_of({n}, 100'000);
    EXPECT_NEAR(mean(v), 0, 0.05);
    EXPECT_NEAR(deviation(v) / noise_level({n}), 1, 0.02) << static_cast<int>(kind);
    EXPECT_NEAR(correlation(v, 1), 0, 0.02);
  }
  const noise_spec student{noise::student, 2, 5};
  EXPECT_NEAR(deviation(values_of({student}, 100'000)) / noise_level({student}), 1, 0.05);
}

TEST(Signal, LognormalNoiseHasTheMedianAndDeviationItSays) {
  const noise_spec n{.kind = noise::lognormal, .size = 3, .shape = 0.5};
  auto v = values_of({n}, 100'000);
  EXPECT_NEAR(deviation(v) / noise_level({n}), 1, 0.03);
  std::nth_element(v.begin(), v.begin() + 50'000, v.end());
  EXPECT_NEAR(v[50'000], 3, 0.05);
  EXPECT_GT(*std::min_element(v.begin(), v.end()), 0);
}

TEST(Signal, PoissonNoiseCountsWithItsMean) {
  for (const double m : {0.3, 4.0, 200.0}) {
    const noise_spec n{.kind = noise::poisson, .shape = m};
    const auto v = values_of({n}, 100'000);
    EXPECT_NEAR(mean(v) / m, 1, 0.02);
    EXPECT_NEAR(deviation(v) / std::sqrt(m), 1, 0.02);
    EXPECT_EQ(noise_level({n}), std::sqrt(m));
    for (const double x : v) ASSERT_TRUE(x >= 0 && x == std::floor(x)) << x;
  }
}

TEST(Signal, PinkNoiseHasAsMuchPowerInEachOctave) {
  const auto v = values_of({noise_spec{noise::pink, 1, 3}}, 1 << 16);
  // Means over twice as many values lose half of their variance if it is white, little if pink.
  const auto deviation_of_means = [&](std::size_t over) {
    std::vector<double> means;
    for (std::size_t i = 0; i + over <= v.size(); i += over) {
      means.push_back(mean({v.begin() + static_cast<std::ptrdiff_t>(i),
                            v.begin() + static_cast<std::ptrdiff_t>(i + over)}));
    }
    return deviation(means);
  };
  EXPECT_NEAR(deviation(v), 1, 0.1);
  EXPECT_GT(deviation_of_means(64), 0.6);
  EXPECT_LT(deviation_of_means(64), 0.85);
}

TEST(Signal, AMarkovChainStaysAsLongAsItShould) {
  const markov_spec m{{10, 20, 30}, {100s, 20s, 5s}};
  const auto v = values_of({m}, 200'000);
  std::map<double, double> spent, visits;
  for (std::size_t i = 0; i < v.size(); ++i) {
    ++spent[v[i]];
    if (i > 0 && v[i] != v[i - 1]) ++visits[v[i]];
  }
  EXPECT_EQ(spent.size(), 3U);
  EXPECT_NEAR(spent[10] / visits[10], 100, 10);
  EXPECT_NEAR(spent[20] / visits[20], 20, 2);
  EXPECT_NEAR(spent[30] / visits[30], 5, 0.5);
}

TEST(Signal, SumsAndProductsJoinTheirParts) {
  const signal_spec two{constant_spec{2, 0}}, three{constant_spec{3, 0}};
  const signal_spec product{product_spec{{two, three, two}}};
  EXPECT_EQ(values_of({sum_spec{{two, product, three, product}}}, 1), std::vector<double>{29});
  EXPECT_EQ(values_of({product_spec{{two, {sum_spec{{two, three}}}}}}, 1), std::vector<double>{10});
}

/// Every signal gives the same for a row whether it is computed alone or among others, and says the
/// same when it is warped by nothing.
TEST(Signal, ARowDoesNotDependOnItsNeighbours) {
  const std::vector<signal_spec> all{
      {constant_spec{1, 5}},
      {wave_spec{wave::sine, 1, 7s, 0, true, 0.5}},
      {chirp_spec{1, 0.1, 1, 10s, true}},
      {counter_spec{3, 1, 20s}},
      {walk_spec{0, 1, -3, 3, false}},
      {ar1_spec{0.5, 1}},
      {seasonal_spec{9s, {1, 5, 2}, 1, true}},
      {markov_spec{{1, 2, 3}, {3s, 3s, 3s}}},
      {noise_spec{noise::student, 1, 4}},
      {noise_spec{noise::pink, 1, 4}},
      {product_spec{{{walk_spec{0, 1, -3, 3, false}}, {noise_spec{noise::laplace, 1, 3}}}}}};
  for (std::size_t kind = 0; kind < all.size(); ++kind) {
    const auto many = make_signal(all[kind], 5, 1.0);
    for (std::size_t row = 0; row < 5; ++row) many->restart(row, random_stream{row});
    const auto alone = values_of(all[kind], 50, 3);
    for (std::int64_t t = 0; t < 50; ++t) {
      double column[5];
      many->fill({t, t * step}, {0, 2}, join::set, column);
      many->fill({t, t * step}, {2, 3}, join::set, column + 2);
      EXPECT_EQ(column[3], alone[static_cast<std::size_t>(t)]) << kind << " at " << t;
      EXPECT_EQ(many->warped({t, t * step}, 3, {}), column[3]) << kind << " at " << t;
    }
  }
}

}  // namespace
}  // namespace kapacitor::generator
