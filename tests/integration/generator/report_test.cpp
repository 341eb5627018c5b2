#include <csignal>
#include <filesystem>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "generator_run.hpp"
#include "support/http.hpp"
#include "support/scripted_server.hpp"

namespace generator_test {
namespace {

using test_support::scripted_server;

using testing::HasSubstr;

TEST(Report, HoldsWhatARunCameTo) {
  const scripted_server server([](const scripted_server::request& r) {
    return r.target.find("/query") != std::string::npos ? scripted_server::query_done()
                                                        : scripted_server::no_content();
  });
  generator_run run({"--url", server.url(), "--subscribe", "off", "--points", "40", "--interval",
                     "1ms", "--seed", "7"});
  EXPECT_EQ(run.exit_code(), 0);
  const auto r = run.report();
  EXPECT_TRUE(run.adds_up());
  EXPECT_TRUE(r["version"].is_string());
  EXPECT_EQ(r["seed"], 7);
  EXPECT_EQ(r["requests_by_status"]["204"], r["requests"]);
  EXPECT_EQ(r["bytes"], r["wire_bytes"]);
  EXPECT_EQ(r["reconnects"], 0);
  for (const auto* times : {"answer_time_ns", "time_from_schedule_ns", "lateness_ns"}) {
    for (const auto* q : {"p50", "p90", "p99", "p999", "max"}) EXPECT_GT(r[times][q], 0) << times;
  }
}

TEST(Report, IsServedAsMetricsWhileItRuns) {
  generator_run run({"--target", "null", "--metrics", "127.0.0.1:0", "--rate", "1k"});
  ASSERT_TRUE(run.says("metrics served port="));
  std::smatch found;
  const auto said = run.err();
  ASSERT_TRUE(std::regex_search(said, found, std::regex("metrics served port=([0-9]+)")));
  const auto port = static_cast<std::uint16_t>(std::stoi(found[1]));
  std::string text;
  const std::regex accepted(
      "kapacitor_udf_generator_points_accepted_total\\{target=\"nowhere\"\\} [1-9]");
  EXPECT_TRUE(test_support::eventually([&] {
    text = test_support::http(port, "GET /metrics").body;
    return std::regex_search(text, accepted);
  })) << text;
  EXPECT_THAT(text, HasSubstr("lateness_seconds{quantile=\"0.99\"} "));
  EXPECT_THAT(text, HasSubstr("# HELP kapacitor_udf_generator_points_accepted_total "));
  EXPECT_THAT(text, HasSubstr("kapacitor_udf_generator_build_info{version=\""));
  EXPECT_EQ(test_support::http(port, "GET /livez").status, 200);
  EXPECT_EQ(test_support::http(port, "GET /readyz").status, 200);
  const auto status = test_support::http(port, "GET /status.json").body;
  EXPECT_GT(nlohmann::json::parse(status)["generated"], 0);
  EXPECT_EQ(test_support::http(port, "GET /").status, 404);
  run.signal(SIGTERM);
  EXPECT_EQ(run.exit_code(), 0);
}

TEST(Report, AnAddressThatIsNoneIsWrongUsage) {
  for (const auto* address : {"x", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000"}) {
    generator_run run({"--target", "null", "--metrics", address});
    EXPECT_EQ(run.exit_code(), 2) << address;
    EXPECT_TRUE(run.said("--metrics: "));
  }
}

TEST(Report, SigUsr1PrintsTheSummarySoFar) {
  generator_run run({"--target", "null", "--rate", "1k", "--progress", "20ms"});
  ASSERT_TRUE(run.says("progress elapsed="));
  run.signal(SIGUSR1);
  ASSERT_TRUE(run.says("generated "));
  EXPECT_TRUE(run.says("+ unsent 0"));
  run.signal(SIGINT);
  EXPECT_EQ(run.exit_code(), 0);
}

TEST(Report, SighupOpensTheLogFileAnew) {
  const test_support::temp_dir folder;
  generator_run run(
      {"--target", "null", "--rate", "1k", "--progress", "20ms", "--log-file", folder / "log"});
  const auto logged = [&](const char* name) {
    return test_support::eventually([&] {
      return test_support::read_file(folder / name).find("progress elapsed=") != std::string::npos;
    });
  };
  ASSERT_TRUE(logged("log"));
  std::filesystem::rename(folder / "log", folder / "old");
  run.signal(SIGHUP);
  EXPECT_TRUE(logged("log"));
  run.signal(SIGTERM);
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_FALSE(run.said("progress elapsed="));
}

TEST(Report, PrintShowsTheFirstLines) {
  const std::vector<std::string> common{"--points", "60", "--start", "2024-01-01T00:00:00Z",
                                        "--speed",  "max"};
  auto shown = common, dry = common;
  shown.insert(shown.end(), {"--target", "null", "--print", "25"});
  dry.insert(dry.end(), {"--dry-run"});
  generator_run a(shown), b(dry);
  EXPECT_EQ(a.exit_code() + b.exit_code(), 0);
  std::string first;
  std::istringstream lines(b.out());
  std::string line;
  for (int i = 0; i < 25 && std::getline(lines, line); ++i) first += line + "\n";
  EXPECT_EQ(a.out(), first);
}

}  // namespace
}  // namespace generator_test
