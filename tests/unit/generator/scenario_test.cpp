#include "scenario/scenario.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "produced.hpp"
#include "scenario/series.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {
namespace {

std::string refusal(const std::string& text) {
  try {
    gen::read_scenario(text, "my.toml");
  } catch (const kapacitor::usage_error& error) {
    return error.what();
  }
  return "no error";
}

/// The refusal of a field, from its second line on.
std::string field_refusal(const std::string& field) {
  return refusal("[[measurement]]\nname = \"m\"\n[[measurement.field]]\nname = \"x\"\n" + field);
}

TEST(Scenario, PresetsAreFineAndSayWhatTheyAre) {
  ASSERT_GE(gen::presets().size(), 10U);
  for (const auto& p : gen::presets()) {
    const auto s = gen::load_scenario(std::string(p.name));
    EXPECT_EQ(s.name, p.name);
    EXPECT_GE(gen::series_of(s), 1U);
    EXPECT_GT(p.purpose().size(), 20U);
  }
}

TEST(Scenario, IsReadWithAllThatItHas) {
  const auto s = gen::read_scenario(R"(
    version = 1
    seed = 42
    interval = "100ms"
    [[measurement]]
    name = "machine"
      [[measurement.tag]]
      key = "host"
      pattern = "m{:03}"
      count = 20
      [[measurement.tag]]
      key = "site"
      values = ["north", "south"]
      assign = "mod"
      [[measurement.field]]
      name = "temperature"
      type = "float"
      decimals = 2
      clamp = [-40, 150]
      sum = [ {constant=60}, {sine={amplitude=8, period="1h", phase="per-series"}},
              {seasonal={period="1d", points=[0,0.2,1,0.6]}}, {ar1={phi=0.97, sigma=0.4}},
              {noise={kind="normal", sigma=0.3}} ]
      [[measurement.field]]
      name = "running"
      type = "bool"
      markov = {p_on_off = 0.001, p_off_on = 0.02}
    [[anomaly]]
    target = "machine.temperature"
    series = "host=m00[0-4]"
    kind = "level_shift"
    magnitude = "6 sigma"
    duration = "30s"
    schedule = {poisson = "10min"}
    [transport]
    late = {fraction = 0.01, delay = "2s"}
    duplicate = 0.001
    drop = 0.002)",
                                    "my.toml");
  EXPECT_EQ(s.seed, 42U);
  EXPECT_EQ(s.interval, std::chrono::milliseconds(100));
  ASSERT_EQ(s.measurements.size(), 1U);
  EXPECT_EQ(gen::series_set(s.measurements[0]).size(), 20U);
  ASSERT_EQ(s.anomalies.size(), 4U);
  EXPECT_EQ(s.anomalies[0].series, (gen::tag_list{{"host", "m00[0-4]"}}));
  const double sigma = std::sqrt(0.3 * 0.3 + 0.4 * 0.4 / (1 - 0.97 * 0.97));
  EXPECT_NEAR(s.anomalies[0].when.magnitude.least, 6 * sigma, 1e-9);
  EXPECT_EQ(s.anomalies[1].kind, gen::anomaly_kind::dropout);
  EXPECT_EQ(s.anomalies[3].delay, std::chrono::seconds(2));
}

TEST(Scenario, RefusalsNameThePlaceAndWhatIsAllowed) {
  EXPECT_EQ(refusal("x = [1, 2"),
            "my.toml:1:10: Error while parsing array: encountered "
            "end-of-file");
  EXPECT_EQ(refusal("version = 2"), "my.toml:1:11: version must be 1");
  EXPECT_EQ(refusal(""), "my.toml:1:1: a scenario needs measurement");
  EXPECT_EQ(refusal("[[measurement]]\n"), "my.toml:1:1: a measurement needs name");
  EXPECT_EQ(refusal("[[measurement]]\nname = \"m\""), "my.toml:1:1: a measurement needs field");
  EXPECT_EQ(refusal("[[measurement]]\nname = 5"), "my.toml:2:8: name must be a text in quotes");
  EXPECT_EQ(field_refusal(""),
            "my.toml:3:1: a field needs one of constant, sine, square, sawtooth, triangle, pulse, "
            "chirp, ramp, step, counter, walk, ar1, seasonal, markov, noise, sum, product");
  EXPECT_EQ(field_refusal("sine = { amplitude = 1, perod = \"1s\" }"),
            "my.toml:5:8: sine needs one of period, frequency");
  EXPECT_EQ(field_refusal("sine = { amplitude = 1, period = \"1s\", perod = 2 }"),
            "my.toml:5:40: sine has no perod; it may have: amplitude, frequency, period, phase");
  EXPECT_EQ(field_refusal("sine = { frequency = 1e-10 }"),
            "my.toml:5:22: frequency must be at least 1.1e-10 Hz, a period of 288 years; or use "
            "constant");
  EXPECT_EQ(field_refusal("sine = { frequency = 1.1e-10 }"), "no error");
  EXPECT_EQ(field_refusal("sine = { period = \"1 parsec\" }"),
            "my.toml:5:19: period: \"1 parsec\" is no duration: write 500ms, 10s, 1.5h or 7d, "
            "at most 292 years");
  EXPECT_EQ(field_refusal("constant = \"much\""),
            "my.toml:5:12: constant must be a table {key = value, ...}");
  EXPECT_EQ(field_refusal("constant = 1\nsine = { period = \"1s\" }"),
            "my.toml:6:8: a field has constant and sine: one of them only");
  EXPECT_EQ(field_refusal("type = \"double\"\nconstant = 1"),
            "my.toml:5:8: type is \"double\", which is none of float, int, bool, string");
  EXPECT_EQ(field_refusal("decimals = 10\nconstant = 1"),
            "my.toml:5:12: decimals must be from 0 to 9, or \"full\"");
  EXPECT_EQ(field_refusal("ar1 = { phi = 1, sigma = 1 }"),
            "my.toml:5:15: phi must be between -1 and 1");
  EXPECT_EQ(field_refusal("constant = nan"), "my.toml:5:12: constant must be a number");
}

TEST(Scenario, RefusesWhatCannotBeWrittenOrToldApart) {
  EXPECT_EQ(refusal("[[measurement]]\nname = \"\""), "my.toml:2:8: name must not be empty");
  EXPECT_EQ(refusal("[[measurement]]\nname=\"m\"\n[[measurement.tag]]\nkey=\"k\"\npattern=\"m\""),
            "my.toml:5:9: pattern must have one place for a number, such as m{:03}");
  EXPECT_EQ(refusal("[[measurement]]\nname=\"m\"\nseries=3\n[[measurement.tag]]\nkey=\"k\"\n"
                    "values=[\"a\",\"b\"]\n[[measurement.field]]\nname=\"x\"\nconstant=1"),
            "my.toml:3:8: the series of m cannot be 3: its tags make 2, unless one has a pattern "
            "without a count");
  EXPECT_EQ(refusal("[[measurement]]\nname=\"m\"\nseries=3\n[[measurement.field]]\nname=\"x\"\n"
                    "constant=1"),
            "my.toml:3:8: the series of m cannot be 3: its tags make 1, unless one has a pattern "
            "without a count");
}

TEST(Scenario, RefusesWhatWouldBeWrongInEveryPoint) {
  EXPECT_EQ(field_refusal("type = \"bool\"\nclamp = [5, 6]\nconstant = 1"),
            "my.toml:6:9: clamp is for numbers");
  EXPECT_EQ(refusal("[[measurement]]\nname=\"m\"\n[[measurement.field]]\nname=\"time\""),
            "my.toml:4:6: name must not be time, which InfluxDB keeps for the time of a point");
  const std::string tag = "[[measurement]]\nname=\"m\"\n[[measurement.tag]]\nkey=\"k\"\n";
  EXPECT_EQ(refusal(tag + "values=[\"a\",\"a\"]"), "my.toml:5:8: values a comes twice");
  EXPECT_EQ(refusal(tag + "pattern=\"{:1000000000}\""),
            "my.toml:5:9: pattern must not have a width above 99");
  EXPECT_EQ(refusal(tag + "pattern=\"{}\"\ncount=4294967296"),
            "my.toml:6:7: count must be at most 10000000");
}

std::string anomaly_refusal(const std::string& rule) {
  return refusal(R"([[measurement]]
name = "m"
[[measurement.field]]
name = "x"
constant = 1
[[measurement.field]]
name = "s"
type = "string"
markov = { states = ["a", "b"], stay = ["1s", "1s"] }
[[anomaly]]
)" + rule);
}

TEST(Scenario, RefusesAnomaliesThatCouldNotBeSeen) {
  const std::string when = "\nschedule = { every = \"1m\" }\nduration = \"5s\"";
  EXPECT_EQ(anomaly_refusal("kind = \"spik\""),
            "my.toml:11:8: kind is \"spik\", which is none of spike, level_shift, stuck, variance, "
            "trend, frequency, amplitude, phase, pattern, counter_reset, dropout, late, duplicate; "
            "did you mean spike?");
  EXPECT_EQ(anomaly_refusal("kind = \"spike\"\ntarget = \"n.x\""),
            "my.toml:12:10: target \"n.x\" names no measurement; there are: m");
  EXPECT_EQ(anomaly_refusal("kind = \"spike\"\ntarget = \"m.y\""),
            "my.toml:12:10: target must be m.FIELD, where FIELD is one of: x, s");
  EXPECT_EQ(anomaly_refusal("kind = \"spike\"\ntarget = \"m.s\""),
            "my.toml:12:10: target must be a field of numbers");
  EXPECT_EQ(anomaly_refusal("kind = \"dropout\"\ntarget = \"m.x\""),
            "my.toml:12:10: target must be a measurement alone: dropout is of whole points");
  EXPECT_EQ(
      anomaly_refusal("kind = \"frequency\"\ntarget = \"m.x\"\nmagnitude = 2" + when),
      "my.toml:11:8: kind frequency needs a field in which something repeats, such as a sine");
  EXPECT_EQ(anomaly_refusal("kind = \"counter_reset\"\ntarget = \"m.x\"" + when),
            "my.toml:11:8: kind counter_reset needs a field that is a counter");
  EXPECT_EQ(anomaly_refusal("kind = \"stuck\"\ntarget = \"m.x\"\nschedule = { every = \"1m\" }"),
            "my.toml:11:8: kind stuck needs a duration");
  EXPECT_EQ(anomaly_refusal("kind = \"spike\"\ntarget = \"m.x\"\nmagnitude = \"6 sigma\"" + when),
            "my.toml:13:13: magnitude must be a number: x has no noise to measure sigma by");
  EXPECT_EQ(anomaly_refusal("kind = \"spike\"\ntarget = \"m.x\"\nmagnitude = 0" + when),
            "my.toml:13:13: magnitude must be more than 0; the sign is a key of its own");
  EXPECT_EQ(
      anomaly_refusal("kind = \"spike\"\ntarget = \"m.x\"\nmagnitude = 1\nseries = \"h=1\"" + when),
      "my.toml:14:10: series must be TAG=PATTERN, ..., with tags of the measurement");
}

TEST(Scenario, IsAFileWhereItsNameLooksLikeOne) {
  const test_support::temp_dir folder;
  const auto path = folder / "mine.toml";
  std::ofstream(path) << "[[measurement]]\nname = \"mine\"\n[[measurement.field]]\nname = \"x\"\n"
                         "constant = 1\n";
  EXPECT_EQ(gen::load_scenario(path).measurements[0].name, "mine");
  const auto refused = [](const std::string& name) {
    try {
      gen::load_scenario(name);
    } catch (const kapacitor::usage_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused("/no/such.toml"), "cannot read \"/no/such.toml\": No such file or directory");
  EXPECT_EQ(refused(folder / "."), "cannot read \"" + (folder / ".") + "\": Is a directory");
  EXPECT_EQ(
      refused("pulses"),
      "no scenario is called \"pulses\": there are pulse, sensors, devops, iot, vibration, sine, "
      "square, chirp, cardinality, stress, host, and files that end in .toml");
}

TEST(SeriesSet, CombinesTagsAndTakesOthersInTurn) {
  const auto s = scenario_of(R"(
    [[measurement.tag]]
    key = "a"
    values = ["1", "2"]
    [[measurement.tag]]
    key = "b"
    pattern = "x{}"
    count = 3
    [[measurement.tag]]
    key = "c"
    values = ["p", "q"]
    assign = "mod"
    [[measurement.field]]
    name = "f"
    constant = 1)");
  const gen::series_set set(s.measurements[0]);
  ASSERT_EQ(set.size(), 6U);
  EXPECT_EQ(set.tags(0), (gen::tag_list{{"a", "1"}, {"b", "x0"}, {"c", "p"}}));
  EXPECT_EQ(set.tags(1), (gen::tag_list{{"a", "1"}, {"b", "x1"}, {"c", "q"}}));
  EXPECT_EQ(set.tags(5), (gen::tag_list{{"a", "2"}, {"b", "x2"}, {"c", "q"}}));
}

}  // namespace
}  // namespace generator_test
