#include "cli/show.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "cli/plot.hpp"
#include "produced.hpp"
#include "run/scenario_workload.hpp"

namespace generator_test {
namespace {

using testing::HasSubstr;

TEST(Plot, DrawsFromLowAtTheBottomToHighAtTheTop) {
  EXPECT_EQ(gen::draw({0, 1, 2, 3, 4, 5, 6, 7}, {}, 2),
            "         7 ⠀⠀⡠⠊\n"
            "         0 ⡠⠊⠀⠀\n");
  EXPECT_EQ(gen::draw({5, 5}, {}, 1), "         6 ⠤\n") << "a constant runs through the middle";
}

TEST(Plot, MarksAnomaliesBelow) {
  EXPECT_EQ(gen::draw({0, 0, 0, 3, 0}, {false, false, false, true, false}, 1),
            "         3 ⣀⡈⡀\n"
            "   anomaly  ^ \n");
}

TEST(Show, ListsTheScenariosAndPrintsOne) {
  const auto list = gen::describe_scenarios("");
  for (const auto* name : {"pulse", "sensors", "devops", "iot", "vibration", "square", "chirp",
                           "cardinality", "stress", "host"}) {
    EXPECT_THAT("\n" + list, HasSubstr(std::string("\n") + name + " ")) << name;
  }
  EXPECT_THAT(gen::describe_scenarios("pulse"), HasSubstr("[[measurement]]\nname = \"pulse\""));
  EXPECT_THROW(gen::describe_scenarios("nothing"), kapacitor::usage_error);
}

TEST(Show, ChecksAScenario) {
  gen::settings s;
  s.operand = "iot";
  const auto text = gen::check(s);
  EXPECT_THAT(text, HasSubstr("readings: 50 series of 4 fields: "));
  EXPECT_THAT(text, HasSubstr("every 10s: 10 points/s, 35 values/s\n"));
  EXPECT_THAT(text, HasSubstr("\nreadings,fleet=North,model=F-150,truck=truck_0 latitude="));
}

TEST(Show, PlotsTheNumbersOfTheFirstSeriesWithItsAnomalies) {
  const auto s = gen::load_scenario("square");
  EXPECT_THAT(gen::plot(s, true), HasSubstr("square,host=m000 value: "));
  EXPECT_THAT(gen::plot(s, true), HasSubstr("anomaly"));
  EXPECT_THAT(gen::plot(s, false), testing::Not(HasSubstr("anomaly")));
}

TEST(Show, WarnsOfPointsThatOverwriteEachOther) {
  const auto warning = gen::overwriting(10e6, 1'000'000'000);
  ASSERT_TRUE(warning);
  EXPECT_EQ(warning->text(),
            "points of a series have the same time, InfluxDB keeps the last of each "
            "overwritten=99% interval=10ms precision=1s");
  EXPECT_FALSE(gen::overwriting(1e9, 1'000'000'000));
  EXPECT_FALSE(gen::overwriting(1, 1));
}

}  // namespace
}  // namespace generator_test
