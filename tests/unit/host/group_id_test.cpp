#include "drive/group_id.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drive/message_group.hpp"
#include "support/captures.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::IsSupersetOf;

std::string id(bool by_measurement, const std::vector<std::string_view>& dimensions) {
  const tag tags[] = {{"cpu", "c,1"}, {"host", "a=b"}};
  std::string group;
  append_group_id(group, "m", by_measurement, dimensions, std::span<const tag>(tags));
  return group;
}

TEST(GroupId, IsNameAndDimensionsInTheirOrderWithoutEscapes) {
  EXPECT_EQ(id(false, {}), "");
  EXPECT_EQ(id(false, {"host", "cpu"}), "host=a=b,cpu=c,1");
  EXPECT_EQ(id(false, {"cpu", "none"}), "cpu=c,1,none=");
  EXPECT_EQ(id(true, {"host"}), "m\nhost=a=b");
  EXPECT_EQ(id(true, {}), "m");
}

// Every point and batch of the captures carries the group that Kapacitor itself computed.
TEST(GroupId, IsTheOneThatKapacitorComputes) {
  std::set<std::string> kinds;
  for (const auto& name : test::capture_names()) {
    const auto bytes = test::capture(name);
    bool in_batch = false, by_measurement = false;
    for (const auto message : test::messages(bytes)) {
      ::agent::Request r;
      ASSERT_TRUE(r.ParseFromArray(message.data(), static_cast<int>(message.size())));
      if (r.has_begin()) in_batch = true, by_measurement = r.begin().byname();
      if (r.has_end()) {
        in_batch = false;
        EXPECT_EQ(group_of(r.end(), by_measurement), r.end().group()) << name;
        kinds.insert("batch");
      }
      if (!r.has_point() || in_batch) continue;
      EXPECT_EQ(group_of(r.point()), r.point().group()) << name;
      kinds.insert(r.point().byname() ? "by measurement" : "not by measurement");
      kinds.insert(r.point().dimensions().empty() ? "no dimension" : "dimensions");
    }
  }
  EXPECT_THAT(kinds, IsSupersetOf({"batch", "by measurement", "not by measurement", "no dimension",
                                   "dimensions"}));
}

}  // namespace
}  // namespace kapacitor::udf::host
