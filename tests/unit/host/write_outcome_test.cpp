#include "host/write_outcome.hpp"

#include <gtest/gtest.h>

namespace kapacitor::udf::host {
namespace {

write_outcome judge(unsigned status, const char* body) {
  http_reply reply;
  reply.status = status;
  reply.body = body;
  return judge_write(reply, 10);
}

TEST(WriteOutcome, IsStoredWhereInfluxDBSaysSo) {
  const auto o = judge(204, "");
  EXPECT_EQ(o.verdict, write_outcome::kind::done);
  EXPECT_EQ(o.lost, 0u);
}

TEST(WriteOutcome, CountsWhatAPartialWriteDropped) {
  auto o = judge(400, R"({"error":"partial write: field type conflict: x dropped=3"})");
  EXPECT_EQ(o.verdict, write_outcome::kind::done);
  EXPECT_EQ(o.lost, 3u);
  EXPECT_EQ(o.reason, "partial write: field type conflict: x dropped=3");
  // InfluxDB counts no line that it cannot parse, but names each.
  o = judge(
      400,
      R"({"error":"partial write: unable to parse 'a': x\nunable to parse 'b': y dropped=0"})");
  EXPECT_EQ(o.lost, 2u);
  EXPECT_EQ(judge(400, R"({"error":"partial write: what? dropped=99"})").lost, 10u);
}

TEST(WriteOutcome, LosesAllWhereInfluxDBRefusesTheRequest) {
  EXPECT_EQ(judge(400, R"({"error":"database is required"})").lost, 10u);
  EXPECT_EQ(judge(401, R"({"error":"authorization failed"})").reason, "authorization failed");
  EXPECT_EQ(judge(413, "Request Entity Too Large").lost, 10u);
  // A server error that trying again does not mend.
  EXPECT_EQ(judge(500, R"({"error":"retention policy not found: zz"})").lost, 10u);
}

TEST(WriteOutcome, IsTriedAgainWhereInfluxDBIsBusyOrAway) {
  http_reply away;
  away.failure = "Connection refused";
  EXPECT_EQ(judge_write(away, 10).verdict, write_outcome::kind::again);
  EXPECT_EQ(judge(503, "request throttled, queue full").verdict, write_outcome::kind::again);
  EXPECT_EQ(judge(429, "").verdict, write_outcome::kind::again);
  EXPECT_EQ(judge(500, R"({"error":"timeout"})").verdict, write_outcome::kind::again);
}

TEST(WriteOutcome, TellsWhereTheDatabaseIsMissing) {
  EXPECT_EQ(judge(404, R"({"error":"database not found: \"x\""})").verdict,
            write_outcome::kind::no_database);
  EXPECT_EQ(judge(404, "404 page not found").verdict, write_outcome::kind::done);
}

}  // namespace
}  // namespace kapacitor::udf::host
