#include <sys/un.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/rule_table.hpp"
#include "connect/unix_socket.hpp"
#include "host_program.hpp"
#include "support/eventually.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using outcomes =
    std::map<std::string, std::string>;  // by rule, of those that neither pass nor skip

/// `kapacitor-udf-host check` at work.
struct check_program {
  explicit check_program(std::vector<std::string> words) {
    words.insert(words.begin(), {std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udf-host", "check"});
    words.insert(words.end(), {"--json", dir / "json"});
    test_support::child child(std::move(words), {"", dir / "out", dir / "err"});
    code = child.wait(std::chrono::seconds(100)).value_or(-1);
  }
  nlohmann::json json() const {
    return nlohmann::json::parse(test_support::read_file(dir / "json"), nullptr, false);
  }
  std::string out() const { return test_support::read_file(dir / "out"); }
  std::string err() const { return test_support::read_file(dir / "err"); }
  outcomes troubles() const {
    outcomes found;
    const auto results = json();
    for (const auto& r : results["rules"]) {
      const auto how = r["outcome"].get<std::string>();
      if (how != "pass" && how != "skip") found[r["rule"].get<std::string>()] = how;
    }
    return found;
  }

  test_support::temp_dir dir;
  int code = -1;
};

bool is_served(const std::string& socket) {
  const int fd = connect_unix(socket);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

std::vector<std::string> options_of(const std::string& function) {
  if (function == "moving_average") return {"--opt", "field=value", "--opt", "size=10"};
  if (function.starts_with("identity")) return {};
  return {"--opt", "field=value"};
}

void expect_conforming(const check_program& check) {
  EXPECT_EQ(check.code, 0) << check.out() << check.err();
  EXPECT_THAT(check.troubles(), IsEmpty()) << check.out();
  EXPECT_THAT(check.out(), HasSubstr(" passed, 0 failed, 0 warned, "));
}

struct OurFunctions : ::testing::TestWithParam<std::string> {};

// A long timeout: a good function is not slowed by it, and a busy machine does not matter.
TEST_P(OurFunctions, PassEveryRuleByProcess) {
  auto words = options_of(GetParam());
  words.insert(words.end(), {"--exec", function(GetParam()), "--timeout", "20s"});
  expect_conforming(check_program(words));
}

TEST_P(OurFunctions, PassEveryRuleBySocket) {
  const test_support::temp_dir dir;
  const auto socket = dir / (GetParam() + ".sock");
  const test_support::child server({std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udfd",
                                    "--socket-dir", dir.path().string(), "--function", GetParam(),
                                    "--log-level", "error"});
  ASSERT_TRUE(test_support::eventually([&] { return is_served(socket); }));
  auto words = options_of(GetParam());
  words.insert(words.end(), {"--socket", socket, "--timeout", "20s"});
  expect_conforming(check_program(words));
}

INSTANTIATE_TEST_SUITE_P(Each, OurFunctions,
                         ::testing::Values("moving_average", "ewma", "outliers", "identity",
                                           "identity_batch"),
                         [](const auto& one) { return one.param; });

/// A rule and how to break it; rule_breaker knows the fault by the rule's name.
struct broken_rule {
  std::string rule;
  std::string how = "fail";
  std::string kind = {};  // "batch": by a function of batches; "process": by process
  outcomes beside = {};   // what else must break then
  bool alone = false;     // others break too, as it happens, or it takes too long to see
};
std::ostream& operator<<(std::ostream& out, const broken_rule& b) {
  return out << b.rule;
}

std::vector<broken_rule> broken_rules();

std::string as_identifier(std::string name) {
  for (auto& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

// It and others that must not mind: one of each kind, for they are tried with every fault. With
// KAPACITOR_UDF_EVERY_RULE in the environment all of them, which takes minutes.
std::vector<std::string> with_witnesses(const std::string& rule) {
  if (std::getenv("KAPACITOR_UDF_EVERY_RULE")) return {};
  return {rule,
          "info-answered",
          "init-answered-once",
          "init-unknown-option",
          "snapshot-answered",
          "restore-continues",
          "keepalive-idle",
          "data-taken",
          "response-asked-for",
          "groups-kept",
          "end-in-message",
          "garbage"};
}

// What else is seen to break with it, of those.
outcomes also_seen(const broken_rule& b) {
  if (std::getenv("KAPACITOR_UDF_EVERY_RULE")) return b.beside;
  const auto tried = with_witnesses(b.rule);
  auto seen = b.beside;
  std::erase_if(seen, [&](const auto& one) {
    return std::find(tried.begin(), tried.end(), one.first) == tried.end();
  });
  return seen;
}

struct EachRule : ::testing::TestWithParam<broken_rule> {};

TEST_P(EachRule, IsSeenToBeBroken) {
  const auto& b = GetParam();
  const test_support::temp_dir dir;
  const auto socket = dir / "s";
  std::vector<std::string> udf{KAPACITOR_UDF_RULE_BREAKER, b.rule};
  if (b.kind == "batch") udf.push_back("batch");
  std::vector<std::string> words{"--opt", "size=3"};
  std::unique_ptr<test_support::child> server;
  if (b.kind == "process") {
    words.insert(words.end(), {"--exec", udf[0] + " " + udf[1]});
  } else {
    udf.push_back(socket);
    server = std::make_unique<test_support::child>(udf);
    ASSERT_TRUE(test_support::eventually([&] { return ::access(socket.c_str(), F_OK) == 0; }));
    words.insert(words.end(), {"--socket", socket});
  }
  for (const auto& rule : b.alone ? std::vector{b.rule} : with_witnesses(b.rule)) {
    words.insert(words.end(), {"--rule", rule});
  }
  const check_program check(words);
  auto expected = b.alone ? outcomes() : also_seen(b);
  expected[b.rule] = b.how;
  EXPECT_EQ(check.troubles(), expected) << check.out() << check.err();
  const bool fails = b.how == "fail";
  EXPECT_EQ(check.code, fails ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Broken, EachRule, ::testing::ValuesIn(broken_rules()),
                         [](const auto& one) { return as_identifier(one.param.rule); });

TEST(CheckRules, AreEachBrokenInATest) {
  std::set<std::string> all, broken;
  for (const auto& s : check::sections()) {
    for (const auto& r : s.rules) all.emplace(r.name);
  }
  for (const auto& b : broken_rules()) broken.insert(b.rule);
  EXPECT_EQ(all, broken);
}

TEST(CheckRules, AreAllKeptWhereNothingIsBroken) {
  for (const std::string kind : {"", " batch"}) {
    expect_conforming(
        check_program({"--exec", std::string(KAPACITOR_UDF_RULE_BREAKER) + " none" + kind, "--opt",
                       "size=3", "--timeout", "20s"}));
  }
}

std::vector<broken_rule> broken_rules() {
  const auto fails = [](const char* rule) { return broken_rule{rule}; };
  const auto warns = [](const char* rule) { return broken_rule{rule, "warn"}; };
  const auto batch = [](const char* rule) { return broken_rule{rule, "fail", "batch"}; };
  const outcomes restores{{"restore-continues", "fail"}, {"restore-again", "fail"}};
  return {
      fails("silent-until-asked"),
      fails("info-answered"),
      {.rule = "info-closed", .alone = true},
      {.rule = "info-process-exits", .kind = "process", .alone = true},
      fails("info-stays-the-same"),
      fails("edges-known"),
      fails("option-types-known"),
      fails("option-names-usable"),
      fails("init-accepted"),
      fails("init-answered-once"),
      {.rule = "init-before-data", .alone = true},
      fails("init-without-options"),
      fails("init-repeated-option"),
      fails("init-strange-values"),
      fails("init-without-value"),
      warns("init-unknown-option"),
      warns("init-wrong-type"),
      warns("init-refusal-says-why"),
      warns("init-refusal-closes"),
      fails("snapshot-answered"),
      fails("snapshot-answered-once"),
      {.rule = "snapshot-amid-data", .beside = restores},
      batch("snapshot-in-batch"),
      warns("snapshot-keeps-state"),
      fails("restore-answered-once"),
      {.rule = "restore-continues", .beside = restores},
      fails("restore-again"),
      warns("restore-with-other-options"),
      warns("restore-damaged"),
      fails("restore-empty"),
      {.rule = "restore-refusal-closes", .how = "warn", .beside = {{"restore-damaged", "warn"}}},
      fails("keepalive-before-init"),
      fails("keepalive-idle"),
      batch("keepalive-in-batch"),
      fails("keepalive-under-load"),
      warns("keepalive-time"),
      {.rule = "data-taken", .alone = true},
      warns("field-int"),
      warns("field-missing"),
      fails("field-string"),
      fails("field-bool"),
      fails("fields-none"),
      fails("fields-of-every-type"),
      fails("numbers-extreme"),
      fails("numbers-not-finite"),
      fails("texts-of-any-kind"),
      fails("group-none"),
      fails("group-by-measurement"),
      fails("group-tag-missing"),
      fails("groups-many"),
      fails("times-extreme"),
      fails("times-out-of-order"),
      batch("batch-empty"),
      batch("batch-sizes"),
      batch("batch-size-unknown"),
      fails("split-anywhere"),
      fails("many-at-once"),
      fails("message-large"),
      warns("answers-promptly"),
      {.rule = "length-honest", .alone = true},
      fails("response-intact"),
      fails("response-not-empty"),
      fails("response-asked-for"),
      fails("texts-are-utf8"),
      fails("batch-size-sane"),
      fails("batch-begins"),
      batch("batch-ends"),
      fails("data-as-declared"),
      fails("groups-kept"),
      warns("name-kept"),
      warns("database-kept"),
      {.rule = "batch-time-kept", .how = "warn", .kind = "batch"},
      warns("numbers-finite"),
      warns("fields-present"),
      warns("fields-of-one-type"),
      {.rule = "end-closes", .alone = true},
      {.rule = "end-answers-all", .alone = true},
      fails("end-in-message"),
      {.rule = "end-in-batch", .kind = "batch", .beside = {{"end-in-message", "fail"}}},
      {.rule = "end-process-exits", .kind = "process", .alone = true},
      warns("silent-after-error"),
      fails("abort-survived"),
      fails("garbage"),
      fails("length-absurd"),
      fails("request-unknown"),
      fails("request-empty"),
      fails("data-before-init"),
      fails("data-of-the-other-edge"),
      batch("batch-end-alone"),
      batch("batch-in-batch"),
      fails("restore-before-init"),
      fails("snapshot-before-init"),
      fails("init-twice"),
      fails("connect-and-leave"),
      fails("neighbour-undisturbed"),
      fails("connections-independent"),
      {.rule = "unread-nothing-lost", .alone = true},
      {.rule = "unread-keepalive", .alone = true},
      fails("unread-neighbour"),
  };
}

TEST(CheckCommand, NamesAnUnknownRuleAndThoseThatAre) {
  const check_program check({"--exec", "true", "--rule", "no-such"});
  EXPECT_EQ(check.code, 2);
  EXPECT_THAT(check.err(),
              StartsWith("kapacitor-udf-host: --rule: \"no-such\" is none of silent-"));
  EXPECT_THAT(check.err(), HasSubstr("unread-neighbour\n"));
}

TEST(CheckCommand, NeedsSomethingToTry) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{}, "one of --socket PATH and --exec COMMAND is needed"},
      {{"--socket", "/no/such.sock"}, "cannot connect to the socket /no/such.sock: No such file"},
      {{"--exec", "/no/such/program"}, "--exec /no/such/program: cannot be run (exit status 127"},
      {{"--exec", function("identity"), "--opt", "x=1"}, "no method or property \"x\""},
      {{"--exec", function("identity"), "--timeout", "1ms"}, "--timeout: must be at least 10ms"},
  };
  for (const auto& [words, error] : cases) {
    const check_program check(words);
    EXPECT_EQ(check.code, 2) << error;
    EXPECT_THAT(check.err(), HasSubstr(error));
  }
}

TEST(CheckCommand, ListsTheRules) {
  const check_program check({"--list"});
  EXPECT_EQ(check.code, 0);
  for (const auto& s : check::sections()) {
    EXPECT_THAT(check.out(), HasSubstr(std::string(s.name) + "\n"));
    for (const auto& r : s.rules) EXPECT_THAT(check.out(), HasSubstr(std::string(r.demand)));
  }
}

TEST(CheckCommand, TriesOnlyTheRulesThatAreNamed) {
  const check_program check({"--exec", function("identity"), "--rule", "info-closed", "--rule",
                             "end-closes", "--timeout", "20s"});
  EXPECT_EQ(check.code, 0) << check.err();
  EXPECT_EQ(check.out(),
            "start-up\n  pass  info-closed\nerrors and stop\n  pass  end-closes\n"
            "2 passed, 0 failed, 0 warned, 0 skipped\n");
}

TEST(CheckCommand, SaysWhatWasSeenAndWhatKapacitorDoes) {
  const check_program check({"--exec", std::string(KAPACITOR_UDF_RULE_BREAKER) + " info-closed",
                             "--rule", "info-closed", "--timeout", "300ms"});
  EXPECT_EQ(check.code, 1);
  const auto result = check.json()["rules"][0];
  EXPECT_EQ(result["rule"], "info-closed");
  EXPECT_EQ(result["why"], "it has not closed the connection 300ms after the half-close");
  EXPECT_THAT(check.out(),
              HasSubstr("FAIL  info-closed: it has not closed the connection 300ms after "
                        "the half-close; kapacitord hangs at its start for ever\n"));
}

TEST(CheckCommand, StartsAServerAgainThatARuleHasKilled) {
  const test_support::temp_dir dir;
  const auto socket = dir / "s";
  const auto command =
      "rm -f " + socket + "; exec " + KAPACITOR_UDF_RULE_BREAKER + " garbage " + socket;
  const check_program check({"--socket", socket, "--exec", command, "--rule", "garbage", "--rule",
                             "init-twice", "--timeout", "20s"});
  EXPECT_EQ(check.troubles(), (outcomes{{"garbage", "fail"}})) << check.out();
  EXPECT_EQ(check.json()["passed"], 1);
}

TEST(CheckCommand, GoesOnWithoutAServerThatIsGone) {
  const test_support::temp_dir dir;
  const auto socket = dir / "s";
  const test_support::child server({KAPACITOR_UDF_RULE_BREAKER, "garbage", socket});
  ASSERT_TRUE(test_support::eventually([&] { return ::access(socket.c_str(), F_OK) == 0; }));
  const check_program check({"--socket", socket, "--rule", "garbage", "--rule", "init-twice"});
  EXPECT_THAT(check.out(), HasSubstr("skip  init-twice: the UDF is gone since garbage"));
}

// Whatever it does, the suite comes to an end.
TEST(CheckCommand, SurvivesWhatIsNoUdf) {
  for (const std::string command :
       {"true", "sleep 60", "cat", "cat /dev/zero", "yes", "kill -9 $$"}) {
    const check_program check({"--exec", command, "--timeout", "100ms"});
    EXPECT_EQ(check.code, 1) << command << check.err();
  }
}

}  // namespace
}  // namespace kapacitor::udf::host
