#include <chrono>

#include <gtest/gtest.h>

#include "connect/snapshot_file.hpp"
#include "host/duration.hpp"
#include "host/usage_error.hpp"
#include "host/write_request.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor::udf::host {
namespace {

using namespace std::chrono_literals;

TEST(Duration, HasTickscriptsUnits) {
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("-5ms"), -5ms);
  EXPECT_EQ(parse_duration("7u"), 7us);
  EXPECT_EQ(parse_duration("1w"), 168h);
  for (const auto wrong : {"", "5", "s", "5x", "1.5s", "5s ", "--5s", "99999999999999w"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Duration, OfTheCommandLineNamesItsFlag) {
  EXPECT_EQ(duration_argument("--x", "0"), 0s);
  try {
    duration_argument("--x", "5");
    ADD_FAILURE();
  } catch (const usage_error& e) {
    EXPECT_STREQ(e.what(), "--x: \"5\" is no duration; write such as 500ms, 10s, 1m30s");
  }
}

TEST(Size, HasUnits) {
  EXPECT_EQ(size_argument("--x", "16MiB"), 16u << 20);
  EXPECT_EQ(size_argument("--x", "100"), 100u);
  for (const auto wrong : {"0", "", "x", "5MB", "99999999999GiB"}) {
    EXPECT_THROW(size_argument("--x", wrong), usage_error) << wrong;
  }
}

TEST(Time, IsWrittenWithNineDecimals) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(rfc3339(1'700'000'000'000'000'001), "2023-11-14T22:13:20.000000001Z");
  EXPECT_EQ(rfc3339(INT64_MIN), "1677-09-21T00:12:43.145224192Z");
}

TEST(SnapshotFile, ReplacesTheOldOneWhole) {
  const test_support::temp_dir dir;
  EXPECT_EQ(load_snapshot(dir / "s"), std::nullopt);
  save_snapshot(dir / "s", "one");
  save_snapshot(dir / "s", std::string_view("two\0!", 5));
  EXPECT_EQ(load_snapshot(dir / "s"), std::string("two\0!", 5));
  EXPECT_THROW(save_snapshot(dir / "no/such/folder", "x"), std::runtime_error);
}

struct collected : intake {
  std::vector<std::string> seen;
  std::size_t room = 100;
  void take(const input_point& p) override {
    seen.push_back(std::string(p.database) + "." + std::string(p.retention_policy) + " " +
                   std::string(p.name) + " " + std::to_string(p.time));
    --room;
  }
  bool has_room() const override { return room > 0; }
  void flush() override {}
  void take_invalid(std::uint64_t, std::string_view) override {}
};

TEST(WriteRequest, HandsOverAsThereIsRoom) {
  write_request r("a v=1 1\n# no point\nb v=2 2\nc v=3 3", "db=d&precision=s", "autogen");
  EXPECT_EQ(r.error(), "");
  EXPECT_EQ(r.points(), 3u);
  collected to;
  to.room = 2;
  EXPECT_FALSE(r.hand_over(to));
  to.room = 2;
  EXPECT_TRUE(r.hand_over(to));
  EXPECT_EQ(to.seen, (std::vector<std::string>{"d.autogen a 1000000000", "d.autogen b 2000000000",
                                               "d.autogen c 3000000000"}));
}

TEST(WriteRequest, IsRefusedAsAWhole) {
  const auto error = [](const char* body, const char* query) {
    return write_request(body, query, "").error();
  };
  EXPECT_EQ(error("a v=1\nbad", "db=d"),
            "unable to parse 'bad': there is no field: a line is MEASUREMENT[,TAG=VALUE...] "
            "FIELD=VALUE[,FIELD=VALUE...] [TIME]");
  EXPECT_EQ(error("a v=1", ""), "database is required");
  EXPECT_EQ(error("a v=1", "db=d&precision=zz"),
            "invalid precision \"zz\" (use n, u, ms, s, m or h)");
  EXPECT_EQ(error("", "db=d"), "");
}

}  // namespace
}  // namespace kapacitor::udf::host
