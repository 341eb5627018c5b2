#include "base/metrics/metrics_server.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics/metric_families.hpp"
#include "base/metrics/process_metrics.hpp"
#include "base/text/error.hpp"
#include "support/http.hpp"

namespace kapacitor {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

metric_families some_metrics() {
  metric_families all;
  all.counter("points_total", "Points taken.").add(3, {{"task", "a \"b\"\\\n"}}).add(1e15);
  all.gauge("groups", "Groups now.").add(7);
  all.counter("errors_total", "None so far.");
  histogram times;
  times.add(2s);
  times.add(4s);
  all.summary("answer_seconds", "Time of an answer.").add(times);
  all.histogram("busy_seconds", "Time of a piece of work.")
      .add({{2, 0.001}, {5, std::numeric_limits<double>::infinity()}}, 0.75);
  return all;
}

class MetricsServer : public testing::Test {
 protected:
  void serve(std::string_view page = {}) {
    server_.emplace(metrics_server::settings{.at = {}, .program = "test", .page = page},
                    [this] { return look_(); });
  }
  test_support::http_answer get(const std::string& path, const std::string& headers = {}) {
    return test_support::http(server_->at().port, "GET " + path, {}, headers);
  }

  std::function<observation()> look_ = [] {
    return observation{.metrics = some_metrics().take(), .status = "{\"up\":true}"};
  };
  std::optional<metrics_server> server_;
};

TEST_F(MetricsServer, WritesPrometheusText) {
  serve();
  const auto answer = get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(answer.body, HasSubstr("# HELP points_total Points taken.\n"
                                     "# TYPE points_total counter\n"
                                     "points_total{task=\"a \\\"b\\\"\\\\\\n\"} 3\n"
                                     "points_total 1000000000000000\n"));
  EXPECT_THAT(answer.body, HasSubstr("# TYPE groups gauge\ngroups 7\n"));
  EXPECT_THAT(answer.body, HasSubstr("answer_seconds_count 2\nanswer_seconds_sum 6\n"));
  EXPECT_THAT(answer.body, HasSubstr("busy_seconds_bucket{le=\"0.001\"} 2\n"));
  EXPECT_THAT(answer.body, HasSubstr("busy_seconds_bucket{le=\"+Inf\"} 5\n"));
  EXPECT_THAT(answer.body, HasSubstr("busy_seconds_sum 0.75\n"));
  EXPECT_THAT(answer.body, Not(HasSubstr("errors_total")));
  EXPECT_THAT(answer.body, Not(HasSubstr("EOF")));
}

TEST_F(MetricsServer, WritesOpenMetricsForThoseWhoAskForIt) {
  serve();
  const auto answer =
      get("/metrics", "Accept: application/openmetrics-text;version=1.0.0,*/*;q=0.1\r\n");
  EXPECT_THAT(answer.head, HasSubstr("application/openmetrics-text; version=1.0.0"));
  EXPECT_THAT(answer.body, StartsWith("# HELP points Points taken.\n"
                                      "# TYPE points counter\n"
                                      "points_total{"));
  EXPECT_TRUE(answer.body.ends_with("# EOF\n"));
}

TEST_F(MetricsServer, SaysWhyTheProgramIsStuckOrNotReady) {
  serve();
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  look_ = [] { return observation{.not_ready = "the socket is missing"}; };
  EXPECT_EQ(get("/livez").status, 200);
  const auto answer = get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "the socket is missing\n");
  look_ = [] { return observation{.stuck = "it hangs"}; };
  EXPECT_EQ(get("/livez").status, 503);
}

TEST_F(MetricsServer, HasAPageIfTheProgramHasOne) {
  serve("<p>page");
  EXPECT_EQ(get("/").body, "<p>page");
  EXPECT_EQ(get("/status.json").body, "{\"up\":true}");
  EXPECT_EQ(get("/nothing").status, 404);
  serve();
  EXPECT_EQ(get("/").status, 404);
}

TEST_F(MetricsServer, RefusesOtherMethodsAndGoesOnAfterAnError) {
  serve();
  const auto port = server_->at().port;
  EXPECT_EQ(test_support::http(port, "POST /metrics").status, 405);
  EXPECT_EQ(test_support::http(port, "HEAD /metrics").status, 200);
  look_ = []() -> observation { throw std::runtime_error("no memory"); };
  const auto answer = get("/metrics");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("no memory"));
  EXPECT_EQ(get("/nothing").status, 404);
}

TEST_F(MetricsServer, NamesItsFlagIfTheAddressIsTaken) {
  serve();
  const metrics_server::settings same{.at = server_->at(), .program = "test"};
  try {
    metrics_server other(same, look_);
    FAIL();
  } catch (const usage_error& problem) {
    EXPECT_THAT(problem.what(), StartsWith("--metrics: "));
  }
}

TEST(LookedAtBy, AnotherThreadsAnswerOrItsSilence) {
  std::function<void()> posted;
  bool at_once = true;
  const auto post = [&](std::function<void()> what) {
    at_once ? what() : static_cast<void>(posted = std::move(what));
  };
  const auto look = looked_at_by(post, [] { return observation{.status = "[]"}; });
  EXPECT_EQ(look().status, "[]");
  at_once = false;
  const auto silent = look();
  EXPECT_THAT(silent.stuck, HasSubstr("does not turn"));
  EXPECT_EQ(silent.stuck, silent.not_ready);
  posted();  // too late, and nobody minds
}

TEST(LookedAtBy, AnotherThreadThatFailsGoesOn) {
  const auto at_once = [](const std::function<void()>& what) { what(); };
  const auto look =
      looked_at_by(at_once, []() -> observation { throw std::runtime_error("no memory"); });
  EXPECT_THROW(look(), std::runtime_error);
}

TEST(ProcessMetrics, AreThoseOfThisProcess) {
  metric_families all;
  add_process_metrics(all, "kapacitor_udf");
  for (const auto& f : all.take()) {
    const auto& m = f.metric.at(0);
    const double value =
        f.type == prometheus::MetricType::Counter ? m.counter.value : m.gauge.value;
    EXPECT_GT(value, 0) << f.name;
    EXPECT_FALSE(f.help.empty()) << f.name;
  }
}

}  // namespace
}  // namespace kapacitor
