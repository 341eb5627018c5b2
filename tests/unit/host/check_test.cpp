#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text/error.hpp"
#include "check/command.hpp"
#include "check/report.hpp"
#include "check/sample.hpp"
#include "check/transcript.hpp"
#include "drive/frames.hpp"
#include "support/parse_words.hpp"

namespace kapacitor::udf::host::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<::agent::Request> requests_of(const frames& all) {
  std::vector<::agent::Request> requests;
  for (const auto& f : all) {
    const auto frame = wire::first_frame(f, wire::default_max_message);
    EXPECT_TRUE(requests.emplace_back().ParseFromString(std::string(frame->message)));
  }
  return requests;
}

std::string framed(const ::agent::Response& r) {
  return host::framed(r.SerializeAsString());
}

TEST(CheckSample, IsAsKapacitorSendsPoints) {
  const auto all = requests_of(sample(edge::stream, "usage", {{"more", "text"}}).data(0, 60));
  ASSERT_EQ(all.size(), 60u);
  std::set<std::string> groups;
  for (const auto& r : all) groups.insert(r.point().group());
  EXPECT_EQ(groups.size(), 6u);
  const auto& p = all[7].point();
  EXPECT_EQ(p.group(), "host=h1,site=s1");
  EXPECT_THAT(p.dimensions(), ElementsAre("host", "site"));
  EXPECT_TRUE(p.fieldsdouble().contains("usage"));
  EXPECT_EQ(p.fieldsstring().at("more"), "text");
}

TEST(CheckSample, IsAsKapacitorSendsBatches) {
  const auto all = requests_of(sample(edge::batch, "value", {}).data(0, 40));
  ASSERT_EQ(all.size(), 44u);
  EXPECT_EQ(all[0].begin().size(), 20);
  EXPECT_EQ(all[0].begin().tags().size(), 2u);
  EXPECT_EQ(all[1].point().name(), "");
  EXPECT_EQ(all[1].point().dimensions_size(), 0);
  EXPECT_EQ(all[21].end().tmax(), all[20].point().time());
  EXPECT_NE(all[22].begin().group(), all[0].begin().group());
}

TEST(CheckSample, PutsTheOddOneOfABatchAmongItsLikes) {
  const sample s(edge::batch, "value", {});
  const auto many = requests_of(s.data_with([](auto& p) { p.clear_fieldsdouble(); }));
  EXPECT_EQ(many.size(), requests_of(s.data(0, ordinary)).size() + 1);
  const auto other = requests_of(s.data_with([](auto& p) { (*p.mutable_tags())["host"] = "x"; }));
  EXPECT_EQ(other.size(), many.size() + batch_size + 1);  // a batch of its own
}

TEST(CheckTranscript, GoesOnBehindAViolation) {
  transcript t(edge::stream);
  ::agent::Response point, stray;
  point.mutable_point()->set_name("m");
  stray.mutable_snapshot();
  t.expect(management::init);
  ::agent::Response init;
  init.mutable_init()->set_success(true);
  t.take(framed(init) + framed(stray) + framed(point).substr(0, 3));
  t.take(framed(point).substr(3));
  EXPECT_EQ(t.violation()->rule(), "stray-response");
  EXPECT_EQ(t.all().size(), 3u);
  EXPECT_EQ(t.data().size(), 1u);
}

TEST(CheckTranscript, TakesARefusalForNoViolation) {
  transcript t(edge::stream);
  ::agent::Response init;
  init.mutable_init()->set_error("no");
  t.expect(management::init);
  t.take(framed(init));
  t.finish();
  EXPECT_FALSE(t.violation());
}

TEST(CheckTranscript, KeepsWhatProtobufDoesNotRead) {
  transcript t(edge::stream);
  t.take(host::framed("\x8a\x01\x05\x12\x03\xff\xfe\xfd"));
  EXPECT_EQ(t.unreadable().size(), 1u);
}

TEST(CheckTranscript, DescribesTheSameContentTheSameWay) {
  ::agent::Response a, b;
  for (const auto* name : {"x", "y", "z"}) (*a.mutable_point()->mutable_fieldsdouble())[name] = 0.3;
  for (const auto* name : {"z", "y", "x"}) {
    (*b.mutable_point()->mutable_fieldsdouble())[name] = 0.1 + 0.2;
  }
  EXPECT_EQ(described(a), described(b));
}

const rule a_rule{"info-closed", "It closes.", "kapacitord hangs", nullptr};

TEST(CheckReport, SaysWhatWasSeenAndWhatKapacitorDoes) {
  EXPECT_EQ(line_of({"start-up", &a_rule, outcome::pass, "", {}}), "pass  info-closed");
  EXPECT_EQ(line_of({"start-up", &a_rule, outcome::fail, "it is\nopen", {}}),
            "FAIL  info-closed: it is open; kapacitord hangs");
  EXPECT_EQ(line_of({"start-up", &a_rule, outcome::skip, "no socket", {}}),
            "skip  info-closed: no socket");
}

TEST(CheckReport, Counts) {
  const std::vector<result> all{{"s", &a_rule, outcome::pass, "", {}},
                                {"s", &a_rule, outcome::fail, "x", {}},
                                {"s", &a_rule, outcome::fail, "y", {}}};
  EXPECT_EQ(summary_of(all), "1 passed, 2 failed, 0 warned, 0 skipped");
  const auto json = json_of("./udf", all);
  EXPECT_EQ(json["failed"], 2);
  EXPECT_EQ(json["rules"][1]["outcome"], "fail");
}

TEST(CheckRules, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const auto& s : sections()) {
    for (const auto& r : s.rules) EXPECT_TRUE(names.insert(r.name).second) << r.name;
  }
  EXPECT_THAT(list_of_rules(), HasSubstr("\nkeepalive\n  keepalive-before-init "));
}

TEST(CheckCommandLine, ReadsFields) {
  arguments a;
  test_support::parse_words(
      command(a), {"--exec", "./udf", "--field", "n=3", "--field", "name='x'", "--field", "bare"});
  const auto s = settings_of(a);
  ASSERT_EQ(s.udf.fields.size(), 3u);
  EXPECT_EQ(s.udf.fields[0].value, option_value(3));
  EXPECT_EQ(s.udf.fields[1].value, option_value("x"));
  EXPECT_EQ(s.udf.fields[2].value, option_value(1.0));
}

TEST(CheckCommandLine, NeedsAUdf) {
  EXPECT_THROW(settings_of({}), usage_error);
}

}  // namespace
}  // namespace kapacitor::udf::host::check
