#include <locale>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "produced.hpp"
#include "source/synthetic.hpp"

namespace generator_test {
namespace {

using testing::MatchesRegex;

/// Writes 1.234,5 for 1234.5, as in Germany.
struct german_numbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

gen::scenario sensors() {
  return gen::load_scenario("sensors");
}

std::string part(const std::string& line, const std::string& name) {
  const auto at = line.find(name + "=") + name.size() + 1;
  return line.substr(at, line.find_first_of(", ", at) - at);
}

TEST(SyntheticSource, WritesTheSameBytesWhateverTheBatch) {
  for (const auto* name : {"sensors", "iot", "cardinality"}) {
    const auto s = gen::load_scenario(name);
    const auto ticks = name == std::string("cardinality") ? 20 : 500;
    auto o = every_second();
    const auto expected = produced(s, ticks, o);
    for (const std::size_t points : {1U, 7U, 1000U, 5000U}) {
      gen::synthetic_source source(s, o);
      EXPECT_EQ(produced(source, ticks, {points, 1 << 20}), expected) << name;
    }
    for (const std::size_t at_a_time : {3U, 256U, 300U}) {
      gen::synthetic_source source(s, o);
      EXPECT_EQ(produced(source, ticks, {5000, 10'000}, at_a_time), expected) << name;
    }
  }
}

TEST(SyntheticSource, APartOfTheSeriesIsTheSamePartOfTheStream) {
  for (const auto* name : {"sensors", "iot", "devops"}) {
    const auto s = gen::load_scenario(name);
    auto expected = lines_of(produced(s, 100));
    std::vector<std::string> got;
    const auto all = gen::series_of(s);
    for (std::size_t first = 0; first < all; first += 7) {
      gen::synthetic_source source(s, {first, std::min<std::size_t>(7, all - first)},
                                   every_second());
      const auto lines = lines_of(produced(source, 100));
      got.insert(got.end(), lines.begin(), lines.end());
    }
    std::sort(expected.begin(), expected.end());
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, expected) << name;
  }
}

// A change here is a change of every stream that users have recorded with a seed.
TEST(SyntheticSource, WritesTheBytesItAlwaysWrote) {
  const std::map<std::string_view, std::uint64_t> expected{
      {"pulse", 6109385068947395884U},        {"sensors", 17044969694855006457U},
      {"devops", 13059214142641127511U},      {"iot", 6634642275740014912U},
      {"vibration", 7515494169467531777U},    {"sine", 1033873801901832998U},
      {"square", 9814840691148835349U},       {"chirp", 8040088978143391943U},
      {"cardinality", 13569023382047031878U}, {"stress", 18184333376405321071U}};
  for (const auto& p : gen::presets()) {
    const auto bytes = fingerprint(produced(gen::load_scenario(std::string(p.name)), 50));
    const auto known = expected.find(p.name);
    EXPECT_TRUE(known != expected.end() && known->second == bytes)
        << "{\"" << p.name << "\", " << bytes << "U},";
  }
}

TEST(SyntheticSource, DoesNotDependOnTheLocale) {
  const auto s = sensors();
  const auto expected = produced(s, 50);
  const auto before = std::locale::global(std::locale(std::locale(), new german_numbers));
  const auto text = produced(s, 50);
  std::locale::global(before);
  EXPECT_EQ(text, expected);
}

TEST(SyntheticSource, ValuesDoNotDependOnHowManySeriesThereAre) {
  auto few = sensors(), many = sensors();
  few.measurements[0].series = 2;
  many.measurements[0].series = 700;
  const auto two = lines_of(produced(few, 300)), more = lines_of(produced(many, 300));
  for (std::size_t tick = 0; tick < 300; ++tick) {
    EXPECT_EQ(two[tick * 2], more[tick * 700]);
    EXPECT_EQ(two[tick * 2 + 1], more[tick * 700 + 1]);
  }
}

TEST(SyntheticSource, ValuesDoNotDependOnTheOtherFieldsAndMeasurements) {
  auto s = sensors();
  const auto expected = lines_of(produced(s, 100));
  auto& m = s.measurements[0];
  m.fields.erase(m.fields.begin());
  s.anomalies.clear();
  auto other = m;
  other.name = "another";
  s.measurements.insert(s.measurements.begin(), other);
  const auto got = lines_of(produced(s, 100));
  ASSERT_EQ(got.size(), 2 * expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(part(got[i / 20 * 40 + 20 + i % 20], "temperature"),
              part(expected[i], "temperature"));
  }
}

TEST(SyntheticSource, AnotherSeedIsAnotherStream) {
  auto s = sensors();
  const auto first = lines_of(produced(s, 20));
  s.seed = 2;
  const auto second = lines_of(produced(s, 20));
  int equal = 0;
  for (std::size_t i = 0; i < first.size(); ++i) equal += first[i] == second[i] ? 1 : 0;
  EXPECT_EQ(equal, 0);
}

TEST(SyntheticSource, LinesHaveTagsInOrderAndFieldsOfFourTypes) {
  for (const auto& line : lines_of(produced(sensors(), 40))) {
    ASSERT_THAT(line, MatchesRegex("sensors,host=m[0-9]+,kind=[a-z]+,site=(north|south) "
                                   "value=-?[0-9]+\\.[0-9]{3},temperature=-?[0-9]+\\.[0-9]{2},"
                                   "count=[0-9]+i,state=\"[a-z]+\",on=(true|false) [0-9]+"));
  }
}

TEST(SyntheticSource, NamesThatNeedItAreEscaped) {
  const auto s = gen::read_scenario(R"(
    [[measurement]]
    name = "my pulse,1"
    [[measurement.tag]]
    key = "a tag"
    values = ["x=y z"]
    [[measurement.field]]
    name = "a=b"
    type = "string"
    markov = { states = ['say "hi" \ '], stay = ["1s"] })",
                                    "test.toml");
  EXPECT_THAT(lines_of(produced(s, 1))[0],
              testing::StartsWith(R"(my\ pulse\,1,a\ tag=x\=y\ z a\=b="say \"hi\" \\ " )"));
}

TEST(SyntheticSource, ValuesThatAreNotFiniteAreLeftOut) {
  const auto big = scenario_of(R"(
    [[measurement.field]]
    name = "huge"
    product = [{ constant = 1e300 }, { constant = 1e300 }]
    [[measurement.field]]
    name = "x"
    constant = 1)");
  EXPECT_EQ(produced(big, 1), "m x=1.000 1700000000000000000\n");
  const auto only = scenario_of(R"(
    [[measurement.field]]
    name = "huge"
    product = [{ constant = 1e300 }, { constant = 1e300 }])");
  EXPECT_EQ(produced(only, 3), "");
}

TEST(SyntheticSource, WritesLargeAndPreciseValuesInFull) {
  const auto s = scenario_of(R"(
    [[measurement.field]]
    name = "large"
    constant = 1e17
    [[measurement.field]]
    name = "exact"
    decimals = "full"
    constant = 0.1
    [[measurement.field]]
    name = "whole"
    type = "int"
    constant = 9007199254740992)");
  EXPECT_EQ(produced(s, 1),
            "m large=1e+17,exact=0.1,whole=9007199254740992i 1700000000000000000\n");
}

TEST(SyntheticSource, ChurnReplacesSeriesByNewOnes) {
  const auto s = scenario_of(R"(
    series = 1000
    [[measurement.tag]]
    key = "pod"
    pattern = "p{}"
    [[measurement.field]]
    name = "x"
    counter = { rate = 1, jitter = 0 })",
                             R"(
    [churn]
    replace = 0.1
    every = "10s")");
  const auto lines = lines_of(produced(s, 31));
  const auto pods = [&](std::size_t tick) {
    std::set<std::string> found;
    for (std::size_t i = 0; i < 1000; ++i) found.insert(part(lines[tick * 1000 + i], "pod"));
    return found;
  };
  EXPECT_EQ(pods(0), pods(9));
  const auto before = pods(9), after = pods(10), later = pods(30);
  ASSERT_EQ(after.size(), 1000U);
  std::vector<std::string> gone;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  EXPECT_NEAR(static_cast<double>(gone.size()), 100, 35);
  for (const auto& pod : gone) EXPECT_FALSE(later.contains(pod)) << "a series does not come back";
}

}  // namespace
}  // namespace generator_test
