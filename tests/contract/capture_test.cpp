#include <map>

#include <gtest/gtest.h>

#include "support/captures.hpp"
#include "support/session_driver.hpp"

// Every capture of a real Kapacitor played to a function: what must come out, however it is cut.
namespace kapacitor::udf {
namespace {

std::string played(const std::string& name, std::size_t chunk) {
  test::session_driver driver(test::function_for(name));
  driver.feed(test::capture(name), chunk);
  driver.finish();
  EXPECT_TRUE(driver.session().closing());
  EXPECT_FALSE(driver.session().failed());
  return driver.bytes();
}

class EveryCapture : public testing::TestWithParam<std::string> {};

TEST_P(EveryCapture, GivesTheSameOutputInChunksOf1To4096Bytes) {
  const auto whole = played(GetParam(), static_cast<std::size_t>(-1));
  EXPECT_FALSE(whole.empty());
  for (std::size_t chunk = 1; chunk <= 4096; ++chunk) {
    ASSERT_EQ(played(GetParam(), chunk), whole) << "in chunks of " << chunk;
  }
}

TEST_P(EveryCapture, GetsOneAnswerForEachManagementMessageAndOnePointForEachPoint) {
  std::map<int, int> expected;
  const auto bytes = test::capture(GetParam());
  for (const auto message : test::messages(bytes)) {
    ::agent::Request request;
    ASSERT_TRUE(request.ParseFromArray(message.data(), static_cast<int>(message.size())));
    // Requests and responses of a kind have the same number.
    ++expected[static_cast<int>(request.message_case())];
  }
  test::session_driver driver(test::function_for(GetParam()));
  driver.feed(bytes);
  std::map<int, int> got;
  for (const auto& response : driver.responses()) ++got[static_cast<int>(response.message_case())];
  EXPECT_EQ(got, expected);
}

TEST_P(EveryCapture, CutOffAnywhereEndsQuietlyWithWhatWasWhole) {
  const auto bytes = test::capture(GetParam());
  const auto step = std::max<std::size_t>(1, bytes.size() / 997);
  for (std::size_t n = 0; n < bytes.size(); n += step) {
    test::session_driver driver(test::function_for(GetParam()));
    driver.feed(std::string_view(bytes).substr(0, n));
    driver.finish();
    ASSERT_TRUE(driver.session().closing());
    ASSERT_FALSE(driver.session().failed()) << "cut at " << n;
    driver.responses();
  }
}

INSTANTIATE_TEST_SUITE_P(Captures, EveryCapture, testing::ValuesIn(test::capture_names()),
                         [](const auto& suite) {
                           auto name = suite.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Captures, OfGroupedPointsCountEachGroupByItself) {
  test::session_driver driver(test::function_for("stream-grouped"));
  driver.feed(test::capture("stream-grouped"));
  std::map<std::string, std::int64_t> seen;
  for (const auto& response : driver.responses()) {
    if (!response.has_point()) continue;
    EXPECT_EQ(response.point().fieldsint().at("n"), ++seen[response.point().group()]);
  }
  EXPECT_GT(seen.size(), 3u);
}

TEST(Captures, OfBatchesComeBackWithTheirSizesAndTimes) {
  for (const std::string name : {"window-batches", "query-batches"}) {
    const auto bytes = test::capture(name);
    std::vector<std::int64_t> tmax;
    for (const auto message : test::messages(bytes)) {
      ::agent::Request request;
      request.ParseFromArray(message.data(), static_cast<int>(message.size()));
      if (request.has_end()) tmax.push_back(request.end().tmax());
    }
    test::session_driver driver(test::function_for(name));
    driver.feed(bytes);
    std::size_t batches = 0;
    std::int64_t left = 0;
    for (const auto& response : driver.responses()) {
      if (response.has_begin()) left = response.begin().size();
      if (response.has_point()) --left;
      if (response.has_end()) {
        EXPECT_EQ(left, 0);
        EXPECT_EQ(response.end().tmax(), tmax.at(batches++));
      }
    }
    EXPECT_EQ(batches, tmax.size());
  }
}

}  // namespace
}  // namespace kapacitor::udf
