#include "source/truth.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <support/temp_dir.hpp>
#include <tuple>

#include "produced.hpp"
#include "run/error.hpp"

namespace generator_test {
namespace {

using nlohmann::json;

struct label {
  std::string host, field, kind;
  std::int64_t start, end;
  bool truncated;
};

/// The stream of a seed with its labels, and its clean twin.
class TruthTest : public testing::Test {
 protected:
  void generate(std::uint64_t seed, std::int64_t ticks) {
    auto s = gen::sensors_scenario();
    s.seed = seed;
    const auto path = folder / "labels.jsonl";
    gen::truth_log truth(path);
    gen::synthetic_source source(s, &truth);
    anomalous = lines_of(produced(source, ticks));
    s.anomalies = false;
    clean = lines_of(produced(s, ticks));
    labels.clear();
    for (const auto& line : lines_of(test_support::read_file(path))) {
      rows.push_back(json::parse(line));
      const auto& j = rows.back();
      labels.push_back({j["tags"]["host"], j["field"], j["kind"], j["start_ns"], j["end_ns"],
                        j.contains("truncated")});
    }
  }
  static std::string tag(const std::string& line) { return line.substr(line.find("host=") + 5, 4); }
  static std::int64_t time(const std::string& line) {
    return std::stoll(line.substr(line.rfind(' ') + 1));
  }
  static std::string value(const std::string& line) {
    const auto at = line.find("value=");
    return line.substr(at, line.find(',', at) - at);
  }
  static std::string without_value(std::string line) {
    return line.erase(line.find("value="), value(line).size());
  }

  test_support::temp_dir folder;
  std::vector<std::string> anomalous, clean;
  std::vector<json> rows;
  std::vector<label> labels;
};

TEST_F(TruthTest, EveryLabelledIntervalDiffersFromTheCleanTwinAndNothingElseDoes) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 99U}) {
    generate(seed, 1000);
    ASSERT_GT(labels.size(), 100U);
    std::map<std::tuple<std::string, std::int64_t>, std::size_t> covered;
    std::set<std::size_t> differing;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      EXPECT_EQ(labels[i].field, "value");
      for (auto t = labels[i].start; t <= labels[i].end; t += second) {
        EXPECT_TRUE((covered.emplace(std::tuple(labels[i].host, t), i).second)) << "overlap";
      }
    }
    for (const auto& l : labels) {
      EXPECT_FALSE(covered.contains({l.host, l.end + second})) << "one anomaly, two labels";
    }
    ASSERT_EQ(anomalous.size(), clean.size());
    for (std::size_t i = 0; i < clean.size(); ++i) {
      ASSERT_EQ(without_value(anomalous[i]), without_value(clean[i]));
      const auto found = covered.find({tag(clean[i]), time(clean[i])});
      if (found == covered.end()) {
        ASSERT_EQ(anomalous[i], clean[i]) << "outside every label";
      } else if (value(anomalous[i]) != value(clean[i])) {
        differing.insert(found->second);
      } else {
        const auto& kind = labels[found->second].kind;
        EXPECT_TRUE(kind == "stuck" || kind == "variance") << kind << " changes every point";
      }
    }
    EXPECT_EQ(differing.size(), labels.size());
  }
}

TEST_F(TruthTest, HasAllKinds) {
  generate(1, 2000);
  std::set<std::string> kinds;
  for (const auto& l : labels) kinds.insert(l.kind);
  EXPECT_EQ(kinds, (std::set<std::string>{"spike", "level_shift", "stuck", "variance", "drift"}));
}

TEST_F(TruthTest, RowsHaveAllTheirKeysAndAreNumbered) {
  generate(1, 200);
  ASSERT_FALSE(rows.empty());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["id"], i + 1);
    EXPECT_EQ(rows[i]["measurement"], "sensors");
    EXPECT_EQ(rows[i]["tags"].size(), 3U);
    EXPECT_TRUE(rows[i]["magnitude"].is_number());
  }
}

TEST_F(TruthTest, WhatTheEndCutsOffIsMarkedTruncated) {
  generate(1, 2000);
  const auto full = labels;
  std::int64_t middle = 0;
  for (const auto& l : full) {
    if (l.end - l.start > 4 * second) middle = l.start + 2 * second;
  }
  rows.clear();
  generate(1, (middle - some_time) / second);
  int truncated = 0;
  for (const auto& l : labels) {
    truncated += l.truncated ? 1 : 0;
    if (l.truncated) {
      EXPECT_EQ(l.end, middle - second);
    }
  }
  EXPECT_GT(truncated, 0);
}

TEST(TruthLog, SaysWhichFileItCannotWrite) {
  try {
    gen::truth_log truth("/does/not/exist/labels.jsonl");
    FAIL();
  } catch (const gen::usage_error& error) {
    EXPECT_STREQ(error.what(),
                 "--labels: cannot write /does/not/exist/labels.jsonl: No such file or directory");
  }
}

}  // namespace
}  // namespace generator_test
