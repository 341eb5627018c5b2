#include "watch/task_metrics.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/metrics/exposition.hpp"
#include "watch/status.hpp"

namespace kapacitor::udf::watch {
namespace {

using supervise::function_view;
using supervise::task_view;
using testing::HasSubstr;
using testing::Not;

task_view some_task(const std::string& name) {
  task_view t;
  t.task = name;
  t.node = "f2";
  t.attached = true;
  t.totals.points_in = 10;
  t.totals.points_out = 7;
  t.totals.dropped.points = 4;
  t.sizes.snapshot = 1234;
  t.score.now.groups = 5;
  t.score.now.points_skipped = 3;
  t.score.now.skipped[reason::missing_field] = 3;
  t.score.newest = 1'700'000'000'500'000'000;
  t.totals.snapshot_at = 1'700'000'001'000'000'000;
  t.totals.snapshot_time = 20'000'000;
  t.warned = {1'700'000'002'000'000'000, metrics::short_text<248>("points skipped")};
  t.score.work.add(std::chrono::microseconds(50));
  t.score.work.add(std::chrono::seconds(20));
  return t;
}

std::string text_of(const std::vector<function_view>& all) {
  return expose(metrics_of(all), exposition::prometheus);
}

TEST(TaskMetrics, AreByFunctionTaskAndNode) {
  const auto text = text_of({{.name = "ewma", .tasks = {some_task("cpu")}}});
  const std::string labels = "{function=\"ewma\",task=\"cpu\",node=\"f2\"";
  for (const std::string& line : {
           "kapacitor_udf_points_total" + labels + ",direction=\"in\"} 10\n",
           "kapacitor_udf_points_total" + labels + ",direction=\"out\"} 7\n",
           "kapacitor_udf_points_skipped_total" + labels + ",reason=\"missing_field\"} 3\n",
           "kapacitor_udf_points_skipped_total" + labels + ",reason=\"dropped_by_policy\"} 4\n",
           "kapacitor_udf_groups" + labels + "} 5\n",
           "kapacitor_udf_snapshot_bytes" + labels + "} 1234\n",
           "kapacitor_udf_newest_point_timestamp_seconds" + labels + "} 1700000000.5\n",
           "kapacitor_udf_snapshot_timestamp_seconds" + labels + "} 1700000001\n",
           "kapacitor_udf_snapshot_seconds_total" + labels + "} 0.02\n",
           "kapacitor_udf_work_seconds_bucket" + labels + ",le=\"0.0001\"} 1\n",
           "kapacitor_udf_work_seconds_bucket" + labels + ",le=\"10\"} 1\n",
           "kapacitor_udf_work_seconds_bucket" + labels + ",le=\"+Inf\"} 2\n",
           std::string("kapacitor_udf_connections{function=\"ewma\"} 1\n"),
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(TaskMetrics, OfSeveralConnectionsOfATaskAreAddedUp) {
  const auto text =
      text_of({{.name = "ewma", .tasks = {some_task("cpu"), some_task("cpu"), task_view{}}}});
  EXPECT_THAT(text, HasSubstr("task=\"cpu\",node=\"f2\",direction=\"in\"} 20\n"));
  EXPECT_THAT(text,
              HasSubstr("kapacitor_udf_groups{function=\"ewma\",task=\"cpu\",node=\"f2\"} 10\n"));
  EXPECT_THAT(text,
              HasSubstr("_snapshot_timestamp_seconds{function=\"ewma\",task=\"cpu\",node=\"f2\"}"
                        " 1700000001\n"));
  EXPECT_THAT(text, HasSubstr("kapacitor_udf_connections{function=\"ewma\"} 3\n"));
  EXPECT_THAT(text, Not(HasSubstr("task=\"\"")));
}

TEST(TaskMetrics, HaveABoundToTheirLabels) {
  function_view f{.name = "ewma"};
  for (std::size_t i = 0; i < most_tasks + 20; ++i)
    f.tasks.push_back(some_task("task" + std::to_string(i)));
  const auto text = text_of({f});
  EXPECT_THAT(text, HasSubstr("task=\"other\",node=\"other\",direction=\"in\"} 200\n"));
  std::size_t series = 0;
  for (std::size_t at = 0; (at = text.find("kapacitor_udf_groups{", at)) != std::string::npos; ++at)
    ++series;
  EXPECT_EQ(series, most_tasks + 1);
}

TEST(Status, SaysAllAsJson) {
  auto task = some_task("\xff cpu");
  const auto status =
      nlohmann::json::parse(status_of({{.name = "ewma", .path = "/run/e", .tasks = {task}}}));
  const auto& f = status["functions"][0];
  EXPECT_EQ(f["name"], "ewma");
  EXPECT_EQ(f["socket"], "/run/e");
  const auto& t = f["tasks"][0];
  EXPECT_EQ(t["points_in"], 10);
  EXPECT_EQ(t["skipped"]["missing_field"], 3);
  EXPECT_EQ(t["skipped"]["dropped_by_policy"], 4);
  EXPECT_EQ(t["groups"], 5);
  EXPECT_EQ(t["newest_point"], 1'700'000'000.5);
  EXPECT_EQ(t["last_warning"]["text"], "points skipped");
}

TEST(Status, IsReadyUnlessAFunctionOrTaskWaits) {
  std::vector<function_view> all{{.name = "ewma", .tasks = {some_task("cpu")}}};
  EXPECT_EQ(not_ready(all), "");
  all[0].tasks[0].attached = false;
  EXPECT_EQ(not_ready(all), "") << "it has only begun";
  all[0].tasks[0].totals.deaths = 1;
  EXPECT_EQ(not_ready(all), "function ewma: task cpu waits for a new worker");
  all[0].known = false;
  EXPECT_EQ(not_ready(all), "function ewma: its agent has not said yet what it is");
}

}  // namespace
}  // namespace kapacitor::udf::watch
