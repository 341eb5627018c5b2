#include "host/name_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/agent_line.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A point of cpu, host a, with these fields.
void give(name_check& c, const std::vector<field>& fields, bool passed = true) {
  const tag tags[] = {{"host", "a"}};
  c.take(
      {.name = "cpu", .database = "db", .retention_policy = "rp", .tags = tags, .fields = fields},
      passed);
}

feed_settings grouped_by(const std::string& tag) {
  feed_settings s;
  s.group_by.tags = {tag};
  return s;
}

TEST(NameCheck, FindsNothingWrongWithNamesThatPointsHave) {
  name_check c({{"field", {"usage"}}, {"tag", {"host"}}, {"size", {3}}, {"as", {"mean"}}},
               grouped_by("host"));
  give(c, {{"idle", 1}});
  give(c, {{"usage", 1}});
  EXPECT_THAT(c.problems(0), IsEmpty());
}

TEST(NameCheck, NamesWhatPointsHaveInstead) {
  name_check c({{"field", {"usge"}},
                {"tag", {"hots"}},
                {"key", {"server as srv"}},
                {"aggregate", {"mean", "idel"}}},
               grouped_by("rack"));
  give(c, {{"usage", 1}, {"idle", 2}});
  EXPECT_THAT(c.problems(7),
              ElementsAre("option field=usge: no point has a field usge; they have usage, idle",
                          "option tag=hots: no point has a tag hots; they have host",
                          "option key=srv: no point has a tag srv; they have host",
                          "option aggregate=idel: no point has a field idel; they have usage, idle",
                          "--group-by rack: no point has a tag rack; they have host"));
}

TEST(NameCheck, NamesTheMeasurementsThatCameIfAllPointsWereFiltered) {
  feed_settings only;
  only.database = "db";
  only.measurement = "CPU";
  name_check c({{"field", {"usage"}}}, only);
  give(c, {{"usage", 1}}, false);
  give(c, {{"usage", 1}}, false);
  EXPECT_THAT(c.problems(0), ElementsAre("--measurement CPU: none of 2 points is of it; they are "
                                         "of cpu"));
  give(c, {{"usage", 1}});
  EXPECT_THAT(c.problems(0), IsEmpty());
}

TEST(NameCheck, NamesWhatIsOfNoUseOnlyIfThereIsNoAnswer) {
  name_check text({{"field", {"state"}}}, {});
  give(text, {{"state", "up"}});
  EXPECT_THAT(text.problems(0), ElementsAre("option field=state: it is a number in no point"));
  EXPECT_THAT(text.problems(1), IsEmpty());
  name_check apart({{"x", {"load"}}, {"y", {"users"}}}, {});
  give(apart, {{"load", 1}});
  give(apart, {{"users", 1}});
  EXPECT_THAT(apart.problems(0),
              ElementsAre("option x=load and option y=users: never in the same point"));
  give(apart, {{"load", 1}, {"users", 1}});
  EXPECT_THAT(apart.problems(0), IsEmpty());
}

TEST(NameCheck, IsDueAfterAHundredPointsAndWhenTheyHaveDoubled) {
  name_check c({}, {});
  std::vector<int> when;
  for (int i = 1; i <= 1'000; ++i) {
    give(c, {{"x", 1}});
    if (c.due()) when.push_back(i);
  }
  EXPECT_THAT(when, ElementsAre(100, 200, 400, 800));
}

TEST(AgentLine, GivesTheReasonsOfAConnectionThatCloses) {
  totals t;
  read_agent_line(
      "ts=1 level=info msg=\"connection closed function=ewma task=skipped_late=9 node=n "
      "points_in=7 "
      "points_out=1 points_skipped=5 skipped_missing_field=4 skipped_late=1 "
      "incomplete_cut_window=2 batches_in=0\"",
      t);
  EXPECT_THAT(t.skipped, ElementsAre(std::pair("late", 1u), std::pair("missing_field", 4u)));
  EXPECT_THAT(t.incomplete, ElementsAre(std::pair("cut_window", 2u)));
  read_agent_line("skipped_late=5", t);
  read_agent_line("connection closed function=x points_in= skipped_late=y skipped_", t);
  EXPECT_THAT(t.skipped, ElementsAre(std::pair("late", 1u), std::pair("missing_field", 4u)));
}

}  // namespace
}  // namespace kapacitor::udf::host
