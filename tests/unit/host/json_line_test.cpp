#include "host/json_line.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "host/summary.hpp"

namespace kapacitor::udf::host {
namespace {

std::string line(const emitted_point& p) {
  std::string text;
  append_json_line(text, p);
  return text;
}

TEST(JsonLine, HasEveryPartOfAPoint) {
  const std::string_view dimensions[] = {"host"};
  const tag tags[] = {{"host", "a"}, {"site", "ü\""}};
  const field fields[] = {{"d", 1.0}, {"e", 1.5e300}, {"i", 7}, {"s", "x\ny"}, {"b", false}};
  emitted_point p;
  p.time = -1;
  p.name = "cpu";
  p.database = "db";
  p.retention_policy = "rp";
  p.group = "host=a";
  p.dimensions = dimensions;
  p.tags = tags;
  p.fields = fields;
  EXPECT_EQ(line(p), R"({"time":"1969-12-31T23:59:59.999999999Z","name":"cpu","database":"db",)"
                     R"("retention_policy":"rp","group":"host=a","dimensions":["host"],)"
                     R"("tags":{"host":"a","site":"ü\""},)"
                     R"("fields":{"d":1.0,"e":1.5e+300,"i":7,"s":"x\ny","b":false}})"
                     "\n");
}

TEST(JsonLine, StaysJsonWhateverTheUdfSays) {
  const tag tags[] = {{"a", "\xff\x01"}};
  const field fields[] = {{"nan", std::nan("")}, {"inf", INFINITY}, {"\xc3", "\xe2\x82"}};
  emitted_point p;
  p.tags = tags;
  p.fields = fields;
  const auto json = nlohmann::json::parse(line(p));
  EXPECT_TRUE(json["fields"]["nan"].is_null());
  EXPECT_TRUE(json["fields"]["inf"].is_null());
  EXPECT_FALSE(json.contains("database"));
}

TEST(JsonLine, TellsBatchesAndTheirEnds) {
  const tag tags[] = {{"host", "a"}};
  const emitted_batch batch{3, "cpu", "host=a", tags, 2'000'000'000, 1, false};
  emitted_point p;
  p.name = batch.name;
  p.group = batch.group;
  p.batch = &batch;
  const auto point = nlohmann::json::parse(line(p));
  EXPECT_EQ(point["batch"], 3);
  EXPECT_EQ(point["tmax"], "1970-01-01T00:00:02.000000000Z");
  std::string end;
  append_json_line(end, batch);
  EXPECT_EQ(end, R"({"batch":3,"end":true,"tmax":"1970-01-01T00:00:02.000000000Z","name":"cpu",)"
                 R"("group":"host=a","tags":{"host":"a"},"points":1})"
                 "\n");
}

TEST(Summary, AddsUpWhatWasLost) {
  totals t;
  t.received = 10;
  t.lose("a", 2);
  t.lose("b", 3);
  t.lose("a", 1);
  t.lose("none", 0);
  outcome o;
  o.command = "run";
  o.error = "it broke";
  o.exit_code = 1;
  const auto json = nlohmann::json::parse(summary_json(t, o));
  EXPECT_EQ(json["lost"], 6);
  EXPECT_EQ(json["lost_reasons"], (nlohmann::json{{"a", 3}, {"b", 3}}));
  EXPECT_EQ(json["error"], "it broke");
  EXPECT_EQ(json["exit_code"], 1);
  const auto text = summary_text(t, o);
  EXPECT_NE(text.find("lost      6"), std::string::npos) << text;
  EXPECT_NE(text.find("it broke"), std::string::npos);
}

}  // namespace
}  // namespace kapacitor::udf::host
