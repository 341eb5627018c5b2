#include "host/write_request.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"
#include "connect/snapshot_file.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor::udf::host {
namespace {

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
  void take_invalid(const input_line& line, std::string_view why) override {
    seen.push_back("line " + std::to_string(line.number) + ": " + std::string(why));
  }
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

// kapacitord 1.8.3 takes both, and InfluxDB forwards them as they were written.
TEST(WriteRequest, TakesQuotesInAStringAsKapacitorDoes) {
  write_request r("m v=\"a \"b\" c\" 1\nm v=\"ok\" 2\nm v=\"a\"b,w=1 3", "db=d", "r");
  EXPECT_EQ(r.error(), "");
  EXPECT_EQ(r.points(), 3u);
  EXPECT_NE(write_request("m v=\"a\"b\" 1\nm v=1 2", "db=d", "r").error(), "");
}

TEST(WriteRequest, LeavesOutAPointThatKapacitorsTaskWouldDieOf) {
  write_request r("m v=1 1\n\nm,h=\xff v=1 2\nm v=1 3", "db=d", "r");
  EXPECT_EQ(r.error(), "");
  collected to;
  EXPECT_TRUE(r.hand_over(to));
  ASSERT_EQ(to.seen.size(), 3u);
  EXPECT_EQ(to.seen[1].substr(0, 46), "line 3: byte 0xff at column 5 is no UTF-8: Inf");
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
