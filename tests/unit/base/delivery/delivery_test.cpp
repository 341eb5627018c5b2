#include "base/delivery/delivery.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using step = delivery::step;

/// A delivery, its clock, and a server of which the test says what it answers.
class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() { settings.peer = "InfluxDB"; }

  delivery& d() {
    if (!made) {
      made.emplace(settings, [this](log_level level, std::string_view text) {
        if (level > log_level::debug) log.emplace_back(text);
      });
    }
    return *made;
  }
  void add(std::size_t points) {
    std::string text;
    for (std::size_t i = 0; i < points; ++i) text += "line" + std::to_string(next_line++) + "\n";
    d().add(batch_of(std::move(text), points, now));
  }
  /// The server's answer to what is to be sent now.
  void answer_with(int status, const std::string& message = "") {
    ASSERT_EQ(d().next(now).what, step::send);
    if (status == 204) stored += d().head().lines;
    now += 1ms;
    d().answered({status, message}, now);
  }
  /// As if all back-off had passed.
  void wait() {
    const auto a = d().next(now);
    ASSERT_EQ(a.what, step::wait);
    EXPECT_LE(a.until - now, 5s);
    now = a.until;
  }
  std::string lines(int first, int last) const {
    std::string text;
    for (int i = first; i <= last; ++i) text += "line" + std::to_string(i) + "\n";
    return text;
  }
  void expect_account(std::uint64_t accepted, std::uint64_t rejected, std::uint64_t dropped,
                      std::uint64_t unsent) {
    const auto t = d().totals();
    EXPECT_EQ(t.accepted, accepted);
    EXPECT_EQ(t.rejected, rejected);
    EXPECT_EQ(t.dropped, dropped);
    EXPECT_EQ(t.unsent, unsent);
    EXPECT_EQ(t.generated, accepted + rejected + dropped + unsent);
  }

  delivery::settings settings;
  std::optional<delivery> made;
  steady_time now{100s};
  int next_line = 0;
  std::string stored;
  std::vector<std::string> log;
};

TEST_F(DeliveryTest, HasOneRequestUnderWayAndKeepsTheOrder) {
  add(1);
  add(1);
  ASSERT_EQ(d().next(now).what, step::send);
  EXPECT_EQ(d().head().lines, "line0\n");
  EXPECT_EQ(d().next(now).what, step::wait);
  d().answered({204}, now);
  answer_with(204);
  EXPECT_EQ(d().next(now).what, step::idle);
  expect_account(2, 0, 0, 0);
}

TEST_F(DeliveryTest, SaysOnceThatTheServerIsDownAndWhatCameOfIt) {
  add(3);
  answer_with(0, "Connection refused");
  for (int i = 0; i < 20; ++i) {
    wait();
    answer_with(0, "Connection refused");
  }
  add(4);
  wait();
  answer_with(204);
  answer_with(204);
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0],
            "no answer, keeping points and trying again target=InfluxDB "
            "error=\"Connection refused\"");
  EXPECT_THAT(log[1], HasSubstr("points taken again target=InfluxDB after="));
  EXPECT_THAT(log[1], HasSubstr("resent=3 waiting=4"));
  expect_account(7, 0, 0, 0);
  EXPECT_EQ(d().totals().retries, 21U);
  EXPECT_EQ(d().totals().resent, 3U);
  EXPECT_EQ(d().totals().outages, 1U);
}

TEST_F(DeliveryTest, BacksOffUpToItsLimit) {
  add(1);
  answer_with(0);
  auto longest = 0ns;
  for (int i = 0; i < 200; ++i) {
    const auto a = d().next(now);
    longest = std::max<std::chrono::nanoseconds>(longest, a.until - now);
    now = a.until;
    answer_with(0);
  }
  EXPECT_GT(longest, 4s);
  EXPECT_LE(longest, 5s);
}

TEST_F(DeliveryTest, WaitsAsLongAsTheServerAsks) {
  add(1);
  ASSERT_EQ(d().next(now).what, step::send);
  d().answered({503, "busy", 30s}, now);
  EXPECT_EQ(d().next(now + 29s).what, step::wait);
  EXPECT_EQ(d().next(now + 30s).what, step::send);
}

TEST_F(DeliveryTest, APartialWriteIsNotRepeatedAndItsTextShown) {
  add(5);
  answer_with(400, "partial write: field type conflict dropped=2");
  EXPECT_EQ(d().next(now).what, step::idle);
  EXPECT_THAT(log, ElementsAre("points rejected target=InfluxDB rejected=2 points=5 status=400 "
                               "error=\"partial write: field type conflict dropped=2\""));
  expect_account(3, 2, 0, 0);
}

TEST_F(DeliveryTest, TheSameRejectionIsToldAtPowersOfTwo) {
  for (int i = 0; i < 100; ++i) {
    add(1);
    answer_with(400, "unable to parse 'line" + std::to_string(i) + "'");
  }
  EXPECT_EQ(log.size(), 7U);
  EXPECT_THAT(log.back(), HasSubstr("times=64"));
  expect_account(0, 100, 0, 0);
}

TEST_F(DeliveryTest, DropsTheOldestBeyondItsPoints) {
  settings.max_points = 4;
  for (int i = 0; i < 8; ++i) add(2);
  expect_account(0, 0, 12, 4);
  answer_with(204);
  answer_with(204);
  EXPECT_EQ(stored, lines(12, 15));
  EXPECT_THAT(log[0], HasSubstr("dropping the oldest"));
}

TEST_F(DeliveryTest, DropsTheOldestBeyondItsTime) {
  settings.max_age = 10s;
  for (int i = 0; i < 30; ++i, now += 1s) add(1);
  expect_account(0, 0, 19, 11);
}

TEST_F(DeliveryTest, DropsTheOldestBeyondItsBytes) {
  settings.max_bytes = 10'000;
  for (int i = 0; i < 100; ++i) add(100);
  const auto t = d().totals();
  EXPECT_GT(t.dropped, 8000U);
  EXPECT_EQ(t.generated, t.dropped + t.unsent);
}

TEST_F(DeliveryTest, NeverDropsWhatItHasTriedToSend) {
  settings.max_points = 2;
  add(2);
  answer_with(0, "connection closed");
  for (int i = 0; i < 5; ++i) add(2);
  wait();
  answer_with(204);
  EXPECT_EQ(stored, lines(0, 1));
  expect_account(2, 0, 8, 2);
}

TEST_F(DeliveryTest, HalvesWhatIsTooLargeAndRemembers) {
  add(8);
  answer_with(413);
  answer_with(413);
  while (d().next(now).what == step::wait || d().totals().unsent > 0) {
    EXPECT_LE(d().head().points, 2U);
    stored += d().head().lines;
    d().answered({204}, now);
  }
  add(5);
  while (d().totals().unsent > 0) {
    answer_with(204);
  }
  EXPECT_EQ(stored, lines(0, 12));
  expect_account(13, 0, 0, 0);
}

TEST_F(DeliveryTest, AnOversizedPointAloneIsRejected) {
  add(1);
  answer_with(413);
  expect_account(0, 1, 0, 0);
}

TEST_F(DeliveryTest, RecreatesAMissingDatabaseOnceThenRefuses) {
  add(1);
  answer_with(404, "database not found: \"x\"");
  ASSERT_EQ(d().next(now).what, step::create_database);
  d().database_answered({200}, now);
  answer_with(404, "database not found: \"x\"");
  EXPECT_EQ(d().next(now).what, step::refused);
  EXPECT_EQ(d().why(), "InfluxDB refuses our points: 404 database not found: \"x\"");
  expect_account(0, 0, 0, 1);
}

TEST_F(DeliveryTest, RecreatesADatabaseEachTimeItWasDropped) {
  for (int i = 0; i < 3; ++i) {
    add(1);
    answer_with(404, "database not found: \"x\"");
    ASSERT_EQ(d().next(now).what, step::create_database);
    d().database_answered({200}, now);
    answer_with(204);
  }
  expect_account(3, 0, 0, 0);
}

TEST_F(DeliveryTest, TriesAgainWhereTheDatabaseCannotBeCreatedYet) {
  add(1);
  answer_with(404, "database not found: \"x\"");
  ASSERT_EQ(d().next(now).what, step::create_database);
  d().database_answered({0, "Connection refused"}, now);
  wait();
  EXPECT_EQ(d().next(now).what, step::create_database);
}

TEST_F(DeliveryTest, DoesNotCreateWhatItMayNot) {
  settings.create_database = false;
  add(1);
  answer_with(404, "database not found: \"x\"");
  EXPECT_EQ(d().next(now).what, step::refused);
}

TEST_F(DeliveryTest, GivesUpOnlyAfterTheLimitOnRetries) {
  add(1);
  answer_with(0, "Connection refused");
  now += 1h;
  d().limit_retries(now, 30s);
  EXPECT_EQ(d().next(now).what, step::send);
  d().answered({0}, now);
  EXPECT_EQ(d().next(now + 31s).what, step::give_up);
  expect_account(0, 0, 0, 1);
}

TEST_F(DeliveryTest, GivesUpInTimeThoughTheServerAsksForMore) {
  add(1);
  d().limit_retries(now, 10s);
  ASSERT_EQ(d().next(now).what, step::send);
  d().answered({429, "slow down", 3600s}, now);
  const auto a = d().next(now);
  EXPECT_EQ(a.what, step::wait);
  EXPECT_EQ(a.until, now + 10s);
  EXPECT_EQ(d().next(now + 10s).what, step::give_up);
}

TEST_F(DeliveryTest, CountsRejectedPointsByTheServersWords) {
  add(5);
  answer_with(400, "partial write: points beyond retention policy dropped=2");
  add(5);
  answer_with(400, "partial write: points beyond retention policy dropped=3");
  add(5);
  answer_with(400, "unexpected EOF\nmore");
  EXPECT_THAT(d().totals().rejected_by,
              ElementsAre(std::pair("partial write: points beyond retention policy dropped=2", 5U),
                          std::pair("unexpected EOF", 5U)));
}

TEST_F(DeliveryTest, TellsWhichPointsMayHaveBeenStored) {
  add(4);
  ASSERT_EQ(d().next(now).what, step::send);
  EXPECT_EQ(d().totals().in_doubt, 4U);
  d().answered({0, "Connection refused"}, now);
  EXPECT_EQ(d().totals().in_doubt, 0U);
  wait();
  ASSERT_EQ(d().next(now).what, step::send);
  server_answer lost{0, "connection closed"};
  lost.in_doubt = true;
  d().answered(lost, now);
  EXPECT_EQ(d().totals().in_doubt, 4U);
}

TEST_F(DeliveryTest, CountsAnswersBytesAndConnections) {
  add(1);
  server_answer lost{0, "connection closed"};
  lost.connected = true;
  lost.wire_bytes = 6;
  ASSERT_EQ(d().next(now).what, step::send);
  d().answered(lost, now);
  wait();
  ASSERT_EQ(d().next(now).what, step::send);
  server_answer good{204};
  good.connected = true;
  good.wire_bytes = 6;
  d().answered(good, now);
  const auto t = d().totals();
  EXPECT_THAT(t.by_status, ElementsAre(std::pair(0, 1U), std::pair(204, 1U)));
  EXPECT_EQ(t.bytes, 6U);
  EXPECT_EQ(t.wire_bytes, 12U);
  EXPECT_EQ(t.reconnects, 1U) << "the first connection is none";
}

TEST_F(DeliveryTest, ATlsThatCannotBeAgreedOnIsNotTriedAgain) {
  add(1);
  server_answer a{0, "its certificate is not trusted: certificate has expired"};
  a.untrusted = true;
  ASSERT_EQ(d().next(now).what, step::send);
  d().answered(a, now);
  EXPECT_EQ(d().next(now).what, step::refused);
}

/// A server that does anything, at random, for a long time.
TEST_F(DeliveryTest, TheAccountAlwaysAddsUpAndTheOrderIsKept) {
  settings.max_points = 60;
  const random_stream random{2024};
  std::vector<std::string> arrived;
  const auto receive = [&](std::size_t count) {
    std::size_t start = 0;
    const auto& text = d().head().lines;
    for (std::size_t i = 0; i < count; ++i) {
      const auto end = text.find('\n', start);
      arrived.emplace_back(text.substr(start, end - start));
      start = end + 1;
    }
  };
  for (std::int64_t i = 0; i < 20'000; ++i) {
    if (random.uniform(i * 4) < 0.4)
      add(1 + static_cast<std::size_t>(random.between(i * 4 + 1, 0, 19)));
    now += std::chrono::milliseconds(random.between(i * 4 + 2, 1, 400));
    const auto a = d().next(now);
    if (a.what == step::create_database) d().database_answered({200}, now);
    if (a.what == step::send) {
      const auto points = d().head().points;
      switch (random.between(i * 4 + 3, 0, 9)) {
        case 0:
          d().answered({0, "Connection refused"}, now);
          break;
        case 1:
          d().answered({503, "busy"}, now);
          break;
        case 2:
          receive(points - 1);
          d().answered({400, "partial write: x dropped=1"}, now);
          break;
        case 3:
          d().answered({500, "timeout"}, now);
          break;
        case 4:
          if (points > 10) {
            d().answered({413}, now);
            break;
          }
          [[fallthrough]];
        default:
          receive(points);
          d().answered({204}, now);
      }
    }
    const auto t = d().totals();
    ASSERT_EQ(t.generated, t.accepted + t.rejected + t.dropped + t.unsent);
    ASSERT_EQ(t.accepted, arrived.size());
  }
  EXPECT_GT(d().totals().dropped, 100U);
  EXPECT_GT(d().totals().rejected, 100U);
  int last = -1;
  for (const auto& line : arrived) {
    const int number = std::stoi(line.substr(4));
    ASSERT_GT(number, last);
    last = number;
  }
}

// What a proxy says of a server that is away is no reason to end, once that has taken our points.
TEST_F(DeliveryTest, RidesOutWhatAProxySaysAfterAFirstSuccess) {
  server_answer page{404, "default backend - 404"};
  page.foreign = true;
  add(1);
  answer_with(204);
  add(1);
  ASSERT_EQ(d().next(now).what, step::send);
  d().answered(page, now);
  wait();
  answer_with(204);
  expect_account(2, 0, 0, 0);
  add(1);
  answer_with(401, "authorization failed");  // InfluxDB's own words
  EXPECT_EQ(d().next(now).what, step::refused);
}

TEST_F(DeliveryTest, EndsAtOnceIfSomethingElseAnswersFromTheStart) {
  server_answer page{404, "404 page not found"};
  page.foreign = true;
  add(1);
  ASSERT_EQ(d().next(now).what, step::send);
  d().answered(page, now);
  EXPECT_EQ(d().next(now).what, step::refused);
}

}  // namespace
}  // namespace kapacitor
