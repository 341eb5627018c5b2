#include "drive/feed.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <udf.pb.h>

#include "base/text/error.hpp"
#include "drive/frames.hpp"
#include "host/group_by.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Read with libprotobuf: an independent opinion of what Kapacitor would have sent.
std::vector<::agent::Request> requests_in(std::string_view bytes) {
  std::vector<::agent::Request> requests;
  while (const auto frame = wire::first_frame(bytes, wire::default_max_message)) {
    EXPECT_TRUE(requests.emplace_back().ParseFromArray(frame->message.data(),
                                                       static_cast<int>(frame->message.size())));
    bytes.remove_prefix(frame->size);
  }
  EXPECT_TRUE(bytes.empty());
  return requests;
}

struct Feed : ::testing::Test {
  feed_settings settings;
  totals counts;
  wire::output_buffer out;
  std::vector<tag> tags{{"host", "a"}, {"site", "n"}};
  std::vector<field> fields{{"x", 1.5}, {"n", 2}, {"s", "t"}, {"b", true}};

  Feed() { settings.max_message = wire::default_max_message; }
  input_point at(std::int64_t time, std::string_view name = "cpu") const {
    return {time, name, "db", "rp", tags, fields};
  }
};

TEST_F(Feed, SendsAPointAsKapacitorDoes) {
  settings.group_by = parse_grouping("site,host", true);
  feed f(settings, counts);
  f.take(at(-5), out);
  const auto sent = requests_in(out.view());
  ASSERT_EQ(sent.size(), 1u);
  const auto& p = sent[0].point();
  EXPECT_EQ(p.time(), -5);
  EXPECT_EQ(p.name(), "cpu");
  EXPECT_EQ(p.database(), "db");
  EXPECT_EQ(p.retentionpolicy(), "rp");
  EXPECT_EQ(p.group(), "cpu\nhost=a,site=n");
  EXPECT_THAT(p.dimensions(), ElementsAre("host", "site"));
  EXPECT_TRUE(p.byname());
  EXPECT_EQ(p.tags().at("site"), "n");
  EXPECT_EQ(p.fieldsdouble().at("x"), 1.5);
  EXPECT_EQ(p.fieldsint().at("n"), 2);
  EXPECT_EQ(p.fieldsstring().at("s"), "t");
  EXPECT_EQ(p.fieldsbool().at("b"), true);
}

TEST_F(Feed, GroupsAsKapacitorDoes) {
  const auto group = [&](std::string_view by, bool by_measurement) {
    settings.group_by = parse_grouping(by, by_measurement);
    feed f(settings, counts);
    out.clear();
    f.take(at(1), out);
    return requests_in(out.view())[0].point().group();
  };
  EXPECT_EQ(group("", false), "");
  EXPECT_EQ(group("", true), "cpu");
  EXPECT_EQ(group("host", false), "host=a");
  EXPECT_EQ(group("*", false), "host=a,site=n");
  EXPECT_EQ(group("missing,host", false), "host=a,missing=");
}

TEST_F(Feed, FiltersAndCounts) {
  settings.measurement = "cpu";
  settings.database = "db";
  feed f(settings, counts);
  f.take(at(1), out);
  f.take(at(2, "mem"), out);
  auto other = at(3);
  other.database = "other";
  f.take(other, out);
  EXPECT_EQ(counts.received, 3u);
  EXPECT_EQ(counts.filtered, 2u);
  EXPECT_EQ(counts.sent, 1u);
  EXPECT_EQ(points_in(out.view(), 0), 1u);
}

TEST_F(Feed, TakesNoMoreThanAskedFor) {
  settings.points = 2;
  feed f(settings, counts);
  for (int i = 0; i < 5; ++i) f.take(at(i), out);
  EXPECT_TRUE(f.satisfied());
  EXPECT_EQ(counts.received, 2u);
}

TEST_F(Feed, SendsAWindowAsABatch) {
  settings.group_by = parse_grouping("host", true);
  settings.window = parse_count_window("2/2");
  feed f(settings, counts);
  for (int i = 1; i <= 3; ++i) f.take(at(i), out);
  const auto sent = requests_in(out.view());
  ASSERT_EQ(sent.size(), 4u);
  const auto& begin = sent[0].begin();
  EXPECT_EQ(begin.name(), "cpu");
  EXPECT_EQ(begin.group(), "cpu\nhost=a");
  EXPECT_EQ(begin.tags().size(), 1u);
  EXPECT_EQ(begin.tags().at("host"), "a");
  EXPECT_EQ(begin.size(), 2);
  EXPECT_TRUE(begin.byname());
  const auto& p = sent[1].point();
  EXPECT_EQ(p.time(), 1);
  EXPECT_EQ(p.group(), "cpu\nhost=a");
  EXPECT_EQ(p.tags().size(), 2u);
  EXPECT_EQ(p.name() + p.database() + p.retentionpolicy(), "");
  EXPECT_THAT(p.dimensions(), IsEmpty());
  EXPECT_FALSE(p.byname());
  const auto& end = sent[3].end();
  EXPECT_EQ(end.name(), "cpu");
  EXPECT_EQ(end.group(), "cpu\nhost=a");
  EXPECT_EQ(end.tmax(), 2);
  EXPECT_EQ(end.tags().at("host"), "a");
  EXPECT_FALSE(end.byname());
  EXPECT_EQ(counts.batches_in, 1u);
  EXPECT_EQ(f.waiting_in_windows(), 1u);
}

TEST_F(Feed, KeepsTheWindowsOfGroupsApart) {
  settings.group_by = parse_grouping("host", false);
  settings.window = parse_count_window("2/2");
  feed f(settings, counts);
  const std::vector<tag> other{{"host", "b"}};
  auto b = at(2);
  b.tags = other;
  f.take(at(1), out);
  f.take(b, out);
  EXPECT_EQ(counts.batches_in, 0u);
  f.take(b, out);
  EXPECT_EQ(requests_in(out.view())[0].begin().group(), "host=b");
  EXPECT_EQ(counts.groups, 2u);
}

TEST(Frames, CountsThePointsThatEndBehindAPlace) {
  totals counts;
  feed_settings settings;
  settings.max_message = wire::default_max_message;
  settings.window = parse_count_window("3/3");
  feed f(settings, counts);
  wire::output_buffer out;
  const field fields[] = {{"x", 1}};
  for (int i = 0; i < 3; ++i) f.take({i, "m", "", "", {}, fields}, out);
  EXPECT_EQ(points_in(out.view(), 0), 3u);
  EXPECT_EQ(points_in(out.view(), out.size()), 0u);
  EXPECT_EQ(points_in(out.view(), out.size() / 2), 2u);  // one of them is written in part
}

TEST(Grouping, RefusesAnEmptyName) {
  EXPECT_THROW(parse_grouping("a,,b", false), usage_error);
  EXPECT_THAT(parse_grouping("b\\,c,a", false).tags, ElementsAre("a", "b,c"));
}

}  // namespace
}  // namespace kapacitor::udf::host
