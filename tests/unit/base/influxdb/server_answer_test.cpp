#include "base/influxdb/server_answer.hpp"

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

verdict of(int status, const std::string& message = "") {
  return judge({status, message}, 100).what;
}
std::size_t lost(const std::string& message) {
  return judge({400, message}, 100).rejected;
}

TEST(Judge, KnowsWhatInfluxdbAnswers) {
  EXPECT_EQ(of(204), verdict::accepted);
  EXPECT_EQ(of(400, "partial write: points beyond retention policy dropped=1"), verdict::rejected);
  EXPECT_EQ(of(401, "unable to parse authentication credentials"), verdict::refused);
  EXPECT_EQ(of(403, "user is not authorized to write"), verdict::refused);
  EXPECT_EQ(of(404, "database not found: \"x\""), verdict::no_database);
  EXPECT_EQ(of(413, "Request Entity Too Large"), verdict::too_large);
  EXPECT_EQ(of(500, "engine: cache-max-memory-size exceeded"), verdict::retry);
  EXPECT_EQ(of(500, "timeout"), verdict::retry);
  EXPECT_EQ(of(503, "request throttled, queue full"), verdict::retry);
  EXPECT_EQ(of(429), verdict::retry);
  EXPECT_EQ(of(0, "Connection refused"), verdict::retry);
}

TEST(Judge, DoesNotWaitForARetentionPolicyThoughTheStatusIs500) {
  EXPECT_EQ(of(500, "retention policy not found: zz"), verdict::refused);
}

TEST(Judge, ARequestWithoutADatabaseIsWrongAsAWhole) {
  EXPECT_EQ(of(400, "database is required"), verdict::refused);
}

TEST(Judge, KnowsWhatInfluxdb2Answers) {
  EXPECT_EQ(of(404, "bucket \"b\" not found"), verdict::refused);
  EXPECT_EQ(of(422, "failure writing points to database"), verdict::rejected);
}

TEST(Judge, DoesNotGoOnWhereTlsFailed) {
  server_answer a{0, "certificate has expired"};
  a.untrusted = true;
  EXPECT_EQ(judge(a, 5).what, verdict::refused);
}

TEST(Judge, DoesNotCreateADatabaseBecauseTheAddressIsWrong) {
  EXPECT_EQ(of(404, "404 page not found"), verdict::refused);
}

TEST(Judge, CountsWhatAPartialWriteLeftOut) {
  EXPECT_EQ(lost("partial write: field type conflict: input field \"v\" on measurement \"m\" is "
                 "type integer, already exists as type float dropped=7"),
            7U);
  EXPECT_EQ(lost("partial write: max-series-per-database limit exceeded: (50) dropped=200"), 100U);
}

TEST(Judge, CountsUnreadableLinesThatInfluxdbCallsNoneDropped) {
  EXPECT_EQ(lost("partial write: unable to parse 'x': missing fields\nunable to parse 'y': missing "
                 "fields dropped=0"),
            2U);
}

TEST(Judge, RejectsNoMoreAndNoFewerPointsThanThereAre) {
  EXPECT_EQ(lost("partial write: what? dropped=999"), 100U);
  EXPECT_EQ(lost("partial write: what?"), 1U);
}

TEST(Judge, KnowsEveryOtherAnswerByItsKind) {
  EXPECT_EQ(of(200), verdict::accepted);
  EXPECT_EQ(of(202), verdict::accepted);
  EXPECT_EQ(of(408), verdict::retry);
  EXPECT_EQ(of(502), verdict::retry);
  EXPECT_EQ(of(301), verdict::refused);
  EXPECT_EQ(of(405), verdict::refused);
}

TEST(Judge, TakesEveryOther400AsTheWholeBatch) {
  EXPECT_EQ(lost("unable to parse 'm value=': missing field value"), 100U);
  EXPECT_EQ(lost("unexpected EOF"), 100U);
}

TEST(ErrorText, IsTheServersOwn) {
  EXPECT_EQ(error_text(R"({"code":"not found","message":"bucket \"b\" not found"})"),
            "bucket \"b\" not found");
  EXPECT_EQ(error_text(R"({"error":"database not found: \"x\""})"), "database not found: \"x\"");
  EXPECT_EQ(error_text("request throttled, queue full\n"), "request throttled, queue full");
  EXPECT_EQ(error_text(""), "");
  EXPECT_EQ(error_text("[1,2]"), "[1,2]");
}

}  // namespace
}  // namespace kapacitor
