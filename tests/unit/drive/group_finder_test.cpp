#include "drive/group_finder.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "drive/group_id.hpp"

namespace kapacitor::udf::host {
namespace {

using tags = std::vector<tag>;

std::vector<std::string> dimensions_of(const group_finder& f) {
  return {f.dimensions().begin(), f.dimensions().end()};
}

/// The identity as it is put together piece by piece.
std::string identity(const group_by& by, std::string_view name, const tags& all) {
  std::vector<std::string_view> dimensions(by.tags.begin(), by.tags.end());
  if (by.all_tags) {
    for (const auto& t : all) dimensions.push_back(t.name);
    std::sort(dimensions.begin(), dimensions.end());
  }
  std::string id;
  append_group_id(id, name, by.measurement, dimensions, std::span<const tag>(all));
  return id;
}

TEST(GroupFinder, SortsAllTagsByTheirNames) {
  const group_by by{.all_tags = true};
  group_finder f(by);
  f.find("m", tags{{"site", "n"}, {"host", "a"}});
  EXPECT_EQ(f.id(), "host=a,site=n");
  EXPECT_EQ(dimensions_of(f), (std::vector<std::string>{"host", "site"}));
  f.find("m", tags{{"host", "b"}, {"site", "n"}});
  EXPECT_EQ(f.id(), "host=b,site=n");
}

TEST(GroupFinder, SeesATagOfTheSameLengthWithAnotherName) {
  const group_by by{.all_tags = true, .measurement = true};
  group_finder f(by);
  f.find("cpu", tags{{"host", "a"}});
  f.find("cpu", tags{{"rack", "a"}});
  EXPECT_EQ(f.id(), "cpu\nrack=a");
  f.find("mem", tags{{"rack", "a"}});
  EXPECT_EQ(f.id(), "mem\nrack=a");
}

TEST(GroupFinder, FindsATagThatWasMissing) {
  const group_by by{.tags = {"host"}};
  group_finder f(by);
  f.find("m", tags{{"site", "n"}});
  EXPECT_EQ(f.id(), "host=");
  f.find("m", tags{{"site", "n"}, {"host", "a"}});
  EXPECT_EQ(f.id(), "host=a");
  f.find("m", tags{});
  EXPECT_EQ(f.id(), "host=");
}

/// Tags of a few names and values in any order, so that points often are like the one before.
tags any_tags(std::mt19937& random) {
  const std::vector<std::string_view> names{"a", "host", "hosts", "rack", "a long name of a tag"};
  const std::vector<std::string_view> values{"", "x", "y", "0123456789", "9876543210"};
  tags all;
  for (const auto n : names) {
    if (random() % 8 != 0) all.push_back({n, values[random() % values.size()]});
  }
  if (random() % 4 == 0) std::shuffle(all.begin(), all.end(), random);
  return all;
}

TEST(GroupFinder, GivesEachPointItsIdentityWhateverCameBefore) {
  std::mt19937 random(7);
  for (const group_by& by : {group_by{}, group_by{.measurement = true}, group_by{.all_tags = true},
                             group_by{.all_tags = true, .measurement = true},
                             group_by{.tags = {"host", "a", "none"}, .measurement = true}}) {
    group_finder f(by);
    for (int i = 0; i < 5'000; ++i) {
      const auto all = any_tags(random);
      const auto name = random() % 8 == 0 ? "cpu" : "mem";
      f.find(name, all);
      ASSERT_EQ(f.id(), identity(by, name, all));
    }
  }
}

}  // namespace
}  // namespace kapacitor::udf::host
