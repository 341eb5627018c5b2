#include "doctor/task_check.hpp"

#include <deque>
#include <map>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/influxdb/url.hpp"
#include "doctor/revive.hpp"
#include "findings.hpp"
#include "support/scripted_server.hpp"

// Tasks as a scripted Kapacitor tells them.
namespace kapacitor::udf::doctor {
namespace {

using nlohmann::json;
using test_support::scripted_server;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

json task(const std::string& id, const std::string& script, bool enabled = true,
          bool executing = true, const std::string& error = "") {
  return {{"id", id},
          {"script", script},
          {"status", enabled ? "enabled" : "disabled"},
          {"executing", executing},
          {"error", error}};
}

/// Kapacitor's API with these tasks. A task that is enabled executes if `heals` says so.
class fake_kapacitor {
 public:
  explicit fake_kapacitor(std::vector<json> tasks)
      : tasks_(std::move(tasks)), server_([this](const auto& r) { return answer(r); }) {}

  kapacitor_api api() const { return kapacitor_api({.to = parse_url(server_.url(), "test")}); }
  std::vector<std::string> changes() const {
    std::vector<std::string> all;
    for (const auto& r : server_.requests()) {
      if (r.target.starts_with("PATCH")) all.push_back(r.target.substr(26) + " " + r.body);
    }
    return all;
  }
  std::size_t requests() const { return server_.requests().size(); }

  int heals_at = 1;       // which enabling of a task makes it execute
  std::string refuses{};  // a whole answer to all

 private:
  std::string answer(const scripted_server::request& r) {
    if (!refuses.empty()) return refuses;
    const auto path = r.target.substr(r.target.find(' ') + 1);
    const std::string all = "/kapacitor/v1/tasks/";
    const auto name = path.substr(0, path.find('?'));
    const auto id = name.starts_with(all) ? name.substr(all.size()) : std::string();
    if (r.target.starts_with("PATCH"))
      return change(id, json::parse(r.body).at("status") == "enabled");
    if (path.find("/tasks?") == std::string::npos)
      return scripted_server::status("200 OK", find(id).dump());
    const auto offset = std::stoul(parameter(path.substr(path.find('?') + 1), "offset"));
    json some = json::array();
    for (std::size_t i = offset; i < tasks_.size() && some.size() < 100; ++i)
      some.push_back(tasks_[i]);
    return scripted_server::status("200 OK", json{{"tasks", some}}.dump());
  }
  json& find(const std::string& id) {
    return *std::find_if(tasks_.begin(), tasks_.end(),
                         [&](const auto& t) { return t.at("id") == percent_decoded(id); });
  }
  std::string change(const std::string& id, bool enabled) {
    auto& t = find(id);
    t["status"] = enabled ? "enabled" : "disabled";
    if (enabled) t["executing"] = ++enabled_[id] >= heals_at;
    return scripted_server::status("200 OK", t.dump());
  }

  std::vector<json> tasks_;
  std::map<std::string, int> enabled_;
  scripted_server server_;
};

const known_functions known = {{"ewma",
                                {true, host::udf_info{edge::stream,
                                                      edge::stream,
                                                      {{"field", {value_type::string}},
                                                       {"alpha", {value_type::floating}},
                                                       {"keep", {}}}}}},
                               {"down", {false, std::nullopt}},
                               {"agent", {true, std::nullopt}}};

class TaskCheck : public testing::Test {
 protected:
  std::vector<dead_task> check(const std::vector<json>& tasks, bool revives = false) {
    fake_kapacitor k(tasks);
    auto api = k.api();
    return task_check(known, revives, found_.to).check(api.tasks());
  }
  std::string line(const std::string& script) {
    found_.lines.clear();
    check(std::vector<json>{task("t", script)});
    return found_.lines.at(0);
  }
  findings found_;
};

TEST_F(TaskCheck, IsSatisfiedWithTasksThatExecute) {
  EXPECT_TRUE(check(std::vector<json>{
                        task("a", "stream|from()@ewma().field('x').alpha(0.5).keep().quiet()"),
                        task("b", "stream|from()@agent().any(1)"),
                        task("c", "", true, true, "stopping UDF server: node aborted"),
                        task("d", "", false, false)})
                  .empty());
  EXPECT_THAT(found_.lines, ElementsAre("ok       task a: executing", "ok       task b: executing",
                                        "ok       task c: executing", "ok       task d: disabled"));
  EXPECT_EQ(found_.to.code(), exit_code::success);
}

TEST_F(TaskCheck, SeesMoreTasksThanComeAtOnce) {
  std::vector<json> all;
  for (int i = 0; i < 250; ++i) all.push_back(task("t" + std::to_string(i), ""));
  check(all);
  EXPECT_EQ(found_.lines.size(), 250U);
  EXPECT_EQ(found_.lines.back(), "ok       task t249: executing");
}

TEST_F(TaskCheck, NamesATaskThatDoesNotExecuteAndWhy) {
  const auto dead = check(
      std::vector<json>{task("cpu", "stream@ewma()", true, false, "ewma2: keepalive timedout"),
                        task("mem", "stream@down()", true, false)});
  EXPECT_EQ(found_.lines.at(0),
            "error    task cpu: enabled, but not executing: ewma2: keepalive timedout; mend the "
            "cause, then "
            "kapacitor disable cpu && kapacitor enable cpu, or call the doctor with --revive");
  EXPECT_THAT(found_.lines.at(1), HasSubstr("Kapacitor names no error"));
  EXPECT_EQ(found_.to.code(), exit_code::failed);
  ASSERT_EQ(dead.size(), 2U);
  EXPECT_EQ(dead[0].not_served, "");
  EXPECT_EQ(dead[1].not_served, "down");
}

TEST_F(TaskCheck, WarnsOfATaskWithAnError) {
  check(std::vector<json>{task("t", "", true, true, "something")});
  EXPECT_THAT(found_.lines.at(0),
              StartsWith("warning  task t: executing, but its last error is: something"));
}

TEST_F(TaskCheck, NamesWhatScriptsUseAndFunctionsHaveNot) {
  EXPECT_EQ(line("stream\n|from()\n@ewme()"),
            "error    task t, line 3: @ewme() is no function of this kapacitor.conf; did you mean "
            "ewma?; add "
            "[udf.functions.ewme] and restart kapacitord, or correct the script");
  EXPECT_EQ(line("stream@ewma()\n.fild('x')"),
            "error    task t, line 2: ewma has no option fild; did you mean field?; it has: alpha, "
            "field, keep");
  EXPECT_EQ(
      line("stream@ewma().alpha(1)"),
      "error    task t, line 1: option of ewma: alpha takes DOUBLE, got INT; write .alpha(DOUBLE)");
  EXPECT_EQ(line("stream@ewma().field('x', 'y')"),
            "error    task t, line 1: option of ewma: field takes 1 argument, got 2; write "
            ".field(STRING)");
  EXPECT_EQ(line("stream@ewma().alpha(a).field(names)"), "ok       task t: executing");
  found_.lines.clear();
  check(std::vector<json>{task("off", "stream@nope()", false, false)});
  EXPECT_THAT(found_.lines.at(0), StartsWith("warning  task off, line 1"));
}

class Revive : public TaskCheck {
 protected:
  void revive(fake_kapacitor& k, int tries = 3) {
    auto api = k.api();
    revive_settings how;
    how.tries = tries;
    how.sleep = [this](std::chrono::milliseconds m) { slept_ += m; };
    how.log = {log_level::info,
               [this](log_level, std::string_view line) { log_.emplace_back(line); }};
    const auto dead = task_check(known, true, found_.to).check(api.tasks());
    doctor::revive(api, dead, found_.to, how);
  }
  std::chrono::milliseconds slept_{};
  std::vector<std::string> log_;
};

TEST_F(Revive, EnablesAgainWhatStopped) {
  fake_kapacitor k(std::vector<json>{task("fine", ""),
                                     task("a b", "stream@ewma()", true, false, "gone"),
                                     task("c", "", true, false)});
  revive(k);
  EXPECT_THAT(k.changes(),
              ElementsAre("a%20b {\"status\":\"disabled\"}", "a%20b {\"status\":\"enabled\"}",
                          "c {\"status\":\"disabled\"}", "c {\"status\":\"enabled\"}"));
  EXPECT_EQ(found_.lines.at(1), "warning  task a b: enabled, but not executing: gone");
  EXPECT_EQ(found_.lines.at(3), "ok       task a b: revived, try 1");
  EXPECT_EQ(found_.to.code(), exit_code::success);
  EXPECT_EQ(slept_, std::chrono::seconds(2));  // one for each time that a task was enabled
  EXPECT_THAT(log_, ElementsAre("enabling a task again task=\"a b\" try=1",
                                "enabling a task again task=c try=1"));
}

TEST_F(Revive, GivesUpAfterSomeTries) {
  fake_kapacitor k(std::vector<json>{task("t", "", true, false, "bad option")});
  k.heals_at = 100;
  revive(k);
  EXPECT_EQ(k.changes().size(), 6U);
  EXPECT_THAT(found_.lines.back(),
              StartsWith("error    task t: not revived in 3 tries: bad option; mend that"));
  EXPECT_EQ(log_.size(), 6U);
  EXPECT_EQ(found_.to.code(), exit_code::failed);
}

TEST_F(Revive, TriesAgain) {
  fake_kapacitor k(std::vector<json>{task("t", "", true, false)});
  k.heals_at = 2;
  revive(k);
  EXPECT_EQ(found_.lines.back(), "ok       task t: revived, try 2");
}

TEST_F(Revive, LeavesATaskAloneWhoseFunctionIsNotServed) {
  fake_kapacitor k(
      {task("t", "stream@down()", true, false), task("u", "stream@unknown()", true, false)});
  revive(k);
  EXPECT_TRUE(k.changes().empty());
  EXPECT_THAT(found_.all(), HasSubstr("task t: not revived: its function down cannot be used"));
  EXPECT_THAT(found_.all(), HasSubstr("task u: not revived: its function unknown cannot be used"));
}

TEST(KapacitorApi, SaysWhatKindOfTroubleItIs) {
  fake_kapacitor k(std::vector<json>{});
  const auto code = [&](const std::string& answer) {
    k.refuses = answer;
    auto api = k.api();
    try {
      api.tasks();
    } catch (const api_error& e) {
      return e.code();
    }
    return exit_code::success;
  };
  EXPECT_EQ(code(scripted_server::status("401 Unauthorized", R"({"error":"no"})")),
            exit_code::refused);
  EXPECT_EQ(code(scripted_server::status("500 Internal", "x")), exit_code::failed);
  EXPECT_EQ(code(scripted_server::status("200 OK", "<html>")), exit_code::failed);
  kapacitor_api nobody({.to = parse_url("http://127.0.0.1:1", "test")});
  try {
    nobody.tasks();
    FAIL();
  } catch (const api_error& e) {
    EXPECT_EQ(e.code(), exit_code::unreachable);
  }
}

}  // namespace
}  // namespace kapacitor::udf::doctor
