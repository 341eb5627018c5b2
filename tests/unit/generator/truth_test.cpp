#include "source/truth.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text/error.hpp"
#include "produced.hpp"
#include "source/label_files.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {
namespace {

using nlohmann::json;

class collected final : public gen::label_sink {
 public:
  void write(const gen::label& l) override { all.push_back(l); }
  std::vector<gen::label> all;
};

std::int64_t time_of(const std::string& line) {
  return std::stoll(line.substr(line.rfind(' ') + 1));
}
std::string series_of(const std::string& line) {
  return line.substr(0, line.find(' '));
}

/// The stream of a scenario with its labels, and its clean twin.
class TruthTest : public testing::Test {
 protected:
  void generate(const gen::scenario& s, std::int64_t ticks) {
    collected truth;
    auto o = every_second();
    o.truth = &truth;
    stream = lines_of(produced(s, ticks, o));
    twin = lines_of(clean(s, ticks));
    labels = truth.all;
  }

  /// By series and time: the label that covers the point.
  void map_labels() {
    covered.clear();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto& l = labels[i];
      std::string head = l.measurement;
      for (const auto& [key, value] : l.tags) head += "," + key + "=" + value;
      for (auto t = l.start; t <= l.end; t += second) covered[{head, t}].insert(i);
    }
  }

  /// Each label differs from the clean twin, and nothing outside the labels does.
  void expect_truth() {
    map_labels();
    std::map<std::pair<std::string, std::int64_t>, std::vector<std::string>> got;
    for (const auto& line : stream) got[{series_of(line), time_of(line)}].push_back(line);
    std::set<std::size_t> differing;
    for (const auto& line : twin) {
      const std::pair at{series_of(line), time_of(line)};
      const bool same = got[at] == std::vector<std::string>{line};
      const auto found = covered.find(at);
      if (found == covered.end()) {
        ASSERT_TRUE(same) << line << " is changed outside every label";
      } else if (!same) {
        differing.insert(found->second.begin(), found->second.end());
      }
      got.erase(at);
    }
    EXPECT_TRUE(got.empty()) << "points that the clean twin does not have";
    for (std::size_t i = 0; i < labels.size(); ++i) {
      EXPECT_TRUE(differing.contains(i)) << labels[i].kind << " differs nowhere";
    }
  }

  std::vector<std::string> stream, twin;
  std::vector<gen::label> labels;
  std::map<std::pair<std::string, std::int64_t>, std::set<std::size_t>> covered;
};

TEST_F(TruthTest, EveryLabelledIntervalDiffersFromTheCleanTwinAndNothingElseDoes) {
  for (const auto* name : {"sensors", "square", "vibration"}) {
    for (const std::uint64_t seed : {1U, 2U, 99U}) {
      auto s = gen::load_scenario(name);
      s.seed = seed;
      generate(s, 1500);
      ASSERT_GT(labels.size(), 20U);
      expect_truth();
    }
  }
}

constexpr const char* two_fields = R"(
  series = 6
  [[measurement.tag]]
  key = "host"
  pattern = "h{}"
  [[measurement.field]]
  name = "x"
  sum = [{ sine = { amplitude = 10, period = "37s" } }, { noise = { sigma = 0.5 } }]
  [[measurement.field]]
  name = "count"
  type = "int"
  counter = { rate = 5 })";

std::string rule(const std::string& kind, const std::string& target, const std::string& rest) {
  return "[[anomaly]]\nkind = \"" + kind + "\"\ntarget = \"" + target + "\"\n" + rest + "\n";
}

TEST_F(TruthTest, EachKindDiffersFromTheCleanTwinWithinItsLabels) {
  const std::string often = "schedule = { poisson = \"1m\" }\n";
  const std::string lasting = often + "duration = [\"5s\", \"20s\"]\n";
  const std::vector<std::string> rules{
      rule("spike", "m.x", often + "magnitude = 30"),
      rule("level_shift", "m.x", lasting + "magnitude = [5, 9]"),
      rule("stuck", "m.x", lasting),
      rule("variance", "m.x", lasting + "magnitude = \"5 sigma\""),
      rule("trend", "m.x", lasting + "magnitude = 9\nsign = \"up\""),
      rule("frequency", "m.x", lasting + "magnitude = 3"),
      rule("amplitude", "m.x", lasting + "magnitude = 2.5"),
      rule("phase", "m.x", lasting + "magnitude = 0.25"),
      rule("pattern", "m.x", lasting),
      rule("counter_reset", "m.count", lasting),
      rule("dropout", "m", lasting),
      rule("duplicate", "m", lasting),
      rule("late", "m", lasting + "delay = \"7s\"")};
  std::string all;
  for (const auto& r : rules) {
    generate(scenario_of(two_fields, r), 1000);
    ASSERT_GT(labels.size(), 20U) << r;
    const bool is_late = labels[0].kind == "late";
    if (!is_late) expect_truth();
    all += r;
  }
  generate(scenario_of(two_fields, all), 1000);
  std::set<std::string> kinds;
  for (const auto& l : labels) kinds.insert(l.kind);
  EXPECT_EQ(kinds.size(), rules.size());
}

TEST_F(TruthTest, LatePointsComeAfterThoseThatFollowThem) {
  generate(scenario_of(two_fields, rule("late", "m", R"(schedule = { fraction = 0.1 }
    delay = "7s")")),
           500);
  map_labels();
  ASSERT_GT(labels.size(), 100U);
  EXPECT_EQ(labels[0].delay, std::chrono::seconds(7));
  std::int64_t newest = 0;
  std::size_t late = 0;
  for (const auto& line : stream) {
    const auto time = time_of(line);
    newest = std::max(newest, time);
    if (time > some_time + 490 * second) continue;  // what is late at the end has nothing after it
    const bool is_late = time <= newest - 6 * second;
    EXPECT_EQ(is_late, covered.contains({series_of(line), time}) && time < newest) << line;
    late += is_late ? 1 : 0;
  }
  auto sorted = stream, expected = twin;
  std::sort(sorted.begin(), sorted.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(sorted, expected) << "late is not lost";
  EXPECT_GT(late, 100U);
}

TEST_F(TruthTest, AnomaliesOfOneFieldNeverOverlapNorTouch) {
  generate(gen::load_scenario("sensors"), 3000);
  map_labels();
  for (const auto& [at, which] : covered) EXPECT_EQ(which.size(), 1U);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::string head = "sensors";
    for (const auto& [key, value] : labels[i].tags) head += "," + key + "=" + value;
    EXPECT_FALSE(covered.contains({head, labels[i].end + second}));
  }
}

TEST_F(TruthTest, IsTheSameForAPartOfTheSeries) {
  const auto s = gen::load_scenario("sensors");
  generate(s, 500);
  std::set<std::string> expected, got;
  for (const auto& l : labels) expected.insert(l.id + l.kind + std::to_string(l.start));
  collected truth;
  auto o = every_second();
  o.truth = &truth;
  for (std::size_t first = 0; first < 20; first += 5) {
    gen::synthetic_source source(s, {first, 5}, o);
    produced(source, 500);
  }
  for (const auto& l : truth.all) got.insert(l.id + l.kind + std::to_string(l.start));
  EXPECT_EQ(got.size(), labels.size());
  EXPECT_EQ(got, expected);
}

TEST_F(TruthTest, FollowsTheScheduleAndTheSeriesThatARuleNames) {
  generate(scenario_of(two_fields, rule("level_shift", "m.x", R"(series = "host=h[02]"
    schedule = { at = ["10s", "30s"] }
    duration = "5s"
    magnitude = 4
    sign = "down")")),
           100);
  ASSERT_EQ(labels.size(), 4U);
  for (const auto& l : labels) {
    EXPECT_TRUE(l.tags[0].second == "h0" || l.tags[0].second == "h2");
    const auto first = (l.start - some_time) / second;
    EXPECT_TRUE(first == 10 || first == 30) << first;
    EXPECT_EQ(l.end - l.start, 4 * second);
    EXPECT_EQ(l.magnitude, -4);
  }
  expect_truth();
  generate(scenario_of(two_fields, rule("spike", "m.x", R"(schedule = { every = "20s" }
    magnitude = 40)")),
           100);
  EXPECT_EQ(labels.size(), 6U * 4);
}

TEST_F(TruthTest, NothingIsStuckBeforeThereIsAValueToBeStuckAt) {
  const auto s = scenario_of(two_fields, rule("stuck", "m.x", R"(schedule = { at = ["0s"] }
    duration = "5s")"));
  generate(s, 20);
  ASSERT_EQ(labels.size(), 6U);
  EXPECT_EQ(labels[0].start, some_time + second);
  const auto value = [&](std::size_t tick) {
    const auto& line = stream[tick * 6];
    return line.substr(line.find(" x="), line.find(",count") - line.find(" x="));
  };
  for (std::size_t tick = 1; tick < 6; ++tick) EXPECT_EQ(value(tick), value(0));
  expect_truth();
}

TEST_F(TruthTest, WhatTheEndCutsOffIsMarkedTruncated) {
  const auto s = scenario_of(two_fields, rule("level_shift", "m.x", R"(
    schedule = { at = ["50s"] }
    duration = "20s"
    magnitude = 5)"));
  generate(s, 60);
  ASSERT_EQ(labels.size(), 6U);
  EXPECT_TRUE(labels[0].truncated);
  EXPECT_EQ(labels[0].end, some_time + 59 * second);
  generate(s, 71);
  EXPECT_FALSE(labels[0].truncated);
}

class LabelFilesTest : public testing::Test {
 protected:
  void run(const std::string& rows, const std::string& nab) {
    gen::label_files files(rows, nab);
    auto o = every_second();
    o.truth = &files;
    stream = lines_of(produced(gen::load_scenario("square"), 130, o));
    files.finish();
    EXPECT_EQ(files.error(), "");
  }
  std::vector<std::string> file(const std::string& name) const {
    return lines_of(test_support::read_file(folder / name));
  }
  test_support::temp_dir folder;
  std::vector<std::string> stream;
};

TEST_F(LabelFilesTest, HaveAJsonObjectForEachAnomaly) {
  run(folder / "labels.jsonl", "");
  const auto rows = file("labels.jsonl");
  ASSERT_EQ(rows.size(), 2U);
  const auto row = json::parse(rows[0]);
  EXPECT_EQ(row["id"], "0-0-0");
  EXPECT_EQ(row["measurement"], "square");
  EXPECT_EQ(row["tags"]["host"], "m000");
  EXPECT_EQ(row["field"], "value");
  EXPECT_EQ(row["kind"], "spike");
  EXPECT_EQ(row["start_ns"], some_time + 60 * second);
  EXPECT_EQ(row["end_ns"], row["start_ns"]);
  EXPECT_TRUE(row["magnitude"].is_number());
}

TEST_F(LabelFilesTest, HaveACsvRowForEachPoint) {
  run(folder / "labels.csv", "");
  const auto rows = file("labels.csv");
  ASSERT_EQ(rows.size(), 131U);
  EXPECT_EQ(rows[0], "time,series,is_anomaly,kinds");
  EXPECT_EQ(rows[1], R"(1700000000000000000,"square,host=m000",0,)");
  EXPECT_EQ(rows[61], R"(1700000060000000000,"square,host=m000",1,spike)");
}

TEST_F(LabelFilesTest, HaveTheWindowsOfNab) {
  run("", folder / "windows.json");
  const auto windows = json::parse(test_support::read_file(folder / "windows.json"));
  const auto& of_series = windows["square,host=m000 value"];
  ASSERT_EQ(of_series.size(), 2U);
  EXPECT_EQ(of_series[0], json({"2023-11-14 22:14:20.000000", "2023-11-14 22:14:20.000000"}));
}

TEST_F(LabelFilesTest, AreGoneOnWithAfterTheyWereMovedAway) {
  gen::label_files files(folder / "labels.jsonl", "");
  files.write({"1", "m", {}, "x", "spike", 1, 2, 3, {}, false});
  std::filesystem::rename(folder / "labels.jsonl", folder / "old.jsonl");
  files.reopen();
  files.write({"2", "m", {}, "x", "spike", 1, 2, 3, {}, false});
  EXPECT_EQ(file("old.jsonl").size(), 1U);
  ASSERT_EQ(file("labels.jsonl").size(), 1U);
  EXPECT_EQ(json::parse(file("labels.jsonl")[0])["id"], "2");
}

TEST_F(LabelFilesTest, InTheStreamAreAMeasurementOfTheirOwn) {
  auto o = every_second();
  o.label_measurement = "truth";
  std::vector<std::string> found;
  for (const auto& line : lines_of(produced(gen::load_scenario("square"), 130, o))) {
    if (line.starts_with("truth,")) found.push_back(line);
  }
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].substr(0, found[0].find(",magnitude")),
            "truth,anomaly=spike,host=m000,of=square.value "
            "start=1700000060000000000i,end=1700000060000000000i");
  EXPECT_TRUE(found[0].ends_with(" 1700000060000000000"));
}

TEST(LabelFiles, SayWhichFileTheyCannotWrite) {
  try {
    gen::label_files truth("/does/not/exist/labels.jsonl", "");
    FAIL();
  } catch (const kapacitor::usage_error& error) {
    EXPECT_STREQ(error.what(),
                 "--labels: cannot write /does/not/exist/labels.jsonl: there is no folder "
                 "/does/not/exist: create it, or name another one");
  }
}

}  // namespace
}  // namespace generator_test
