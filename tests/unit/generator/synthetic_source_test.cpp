#include "source/synthetic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <locale>
#include <set>

#include "produced.hpp"

namespace generator_test {
namespace {

using testing::MatchesRegex;

/// Writes 1.234,5 for 1234.5, as in Germany.
struct german_numbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(SyntheticSource, WritesTheSameBytesWhateverTheBatch) {
  const auto s = gen::sensors_scenario();
  const auto expected = produced(s, 500);
  ASSERT_EQ(lines_of(expected).size(), 500U * 20);
  for (const std::size_t points : {1U, 7U, 1000U, 5000U})
    EXPECT_EQ(produced(s, 500, {points, 1 << 20}), expected);
  EXPECT_EQ(produced(s, 500, {5000, 1000}), expected);
  gen::synthetic_source in_parts(s);
  EXPECT_EQ(produced(in_parts, 500, {}, 3), expected);
}

// A change here is a change of every stream that users have recorded with a seed.
TEST(SyntheticSource, WritesTheBytesItAlwaysWrote) {
  EXPECT_EQ(fingerprint(produced(gen::sensors_scenario(), 5000)), 11773121184133605412U);
  EXPECT_EQ(fingerprint(produced(gen::pulse_scenario(), 5000)), 9116764946265664911U);
}

TEST(SyntheticSource, DoesNotDependOnTheLocale) {
  const auto s = gen::sensors_scenario();
  const auto expected = produced(s, 50);
  const auto before = std::locale::global(std::locale(std::locale(), new german_numbers));
  const auto text = produced(s, 50);
  std::locale::global(before);
  EXPECT_EQ(text, expected);
}

TEST(SyntheticSource, ValuesDoNotDependOnHowManySeriesThereAre) {
  auto few = gen::sensors_scenario(), many = gen::sensors_scenario();
  few.series = 2;
  many.series = 50;
  const auto two = lines_of(produced(few, 3)), fifty = lines_of(produced(many, 3));
  for (std::size_t tick = 0; tick < 3; ++tick) {
    EXPECT_EQ(two[tick * 2], fifty[tick * 50]);
    EXPECT_EQ(two[tick * 2 + 1], fifty[tick * 50 + 1]);
  }
}

TEST(SyntheticSource, AnotherSeedIsAnotherStream) {
  auto s = gen::sensors_scenario();
  const auto first = lines_of(produced(s, 20));
  s.seed = 2;
  const auto second = lines_of(produced(s, 20));
  int equal = 0;
  for (std::size_t i = 0; i < first.size(); ++i) equal += first[i] == second[i] ? 1 : 0;
  EXPECT_EQ(equal, 0);
}

TEST(SyntheticSource, LinesHaveTagsInOrderAndFieldsOfFourTypes) {
  for (const auto& line : lines_of(produced(gen::sensors_scenario(), 40))) {
    ASSERT_THAT(line, MatchesRegex("sensors,host=m[0-9]+,kind=[a-z]+,site=(north|south) "
                                   "value=-?[0-9]+\\.[0-9]+,temperature=-?[0-9]+\\.[0-9]+,"
                                   "count=[0-9]+i,state=\"[a-z]+\",on=(true|false) [0-9]+"));
  }
}

TEST(SyntheticSource, IsOnExactlyWhileItsStateIsRunning) {
  std::set<std::string> states;
  for (const auto& line : lines_of(produced(gen::sensors_scenario(), 300))) {
    const bool running = line.find("state=\"running\"") != std::string::npos;
    ASSERT_EQ(running, line.find("on=true") != std::string::npos) << line;
    const auto at = line.find("state=");
    states.insert(line.substr(at, line.find(',', at) - at));
  }
  EXPECT_EQ(states.size(), 3U);
}

TEST(SyntheticSource, CounterOnlyRises) {
  auto s = gen::sensors_scenario();
  s.series = 1;
  long long last = -1;
  for (const auto& line : lines_of(produced(s, 2000))) {
    const auto count = std::stoll(line.substr(line.find("count=") + 6));
    ASSERT_GT(count, last);
    last = count;
  }
}

TEST(SyntheticSource, NamesThatNeedItAreEscaped) {
  gen::scenario s = gen::pulse_scenario();
  s.measurement = "my pulse,1";
  s.tags = {{"a tag", {"x=y z"}}};
  EXPECT_THAT(lines_of(produced(s, 1))[0],
              testing::StartsWith("my\\ pulse\\,1,a\\ tag=x\\=y\\ z "));
}

TEST(SyntheticSource, ValuesStayWithinWhatTheirShapeSays) {
  auto s = gen::sensors_scenario();
  s.anomalies = false;
  for (const auto& line : lines_of(produced(s, 2000))) {
    const double value = std::stod(line.substr(line.find("value=") + 6));
    ASSERT_GT(value, 60 - 10 - 10 - 6 * 0.4);
    ASSERT_LT(value, 60 + 10 + 10 + 5 + 6 * 0.4);
  }
}

}  // namespace
}  // namespace generator_test
