#include <algorithm>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "host_program.hpp"
#include "support/http.hpp"

namespace kapacitor::udf::host {
namespace {

std::string faulty(const std::string& fault) {
  return std::string(KAPACITOR_UDF_FAULTY_UDF) + " " + fault;
}

struct fault_case {
  std::string fault, rule, words;
};
std::ostream& operator<<(std::ostream& out, const fault_case& c) {
  return out << c.fault;
}

// As part of a test's name.
std::string fault_name(const ::testing::TestParamInfo<fault_case>& one) {
  auto name = one.param.fault;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

struct Rules : ::testing::TestWithParam<fault_case> {};

TEST_P(Rules, AreNamedWhereTheUdfBreaksThem) {
  const auto& [fault, rule, words] = GetParam();
  host_program host({"run", "--exec", faulty(fault), "--timeout", "400ms"}, some_lines(10));
  EXPECT_EQ(host.wait(), 1) << host.err();
  const auto summary = host.summary();
  EXPECT_EQ(summary["rule"], rule) << summary;
  EXPECT_NE(summary["error"].get<std::string>().find(words), std::string::npos) << summary;
  EXPECT_NE(host.err().find("error failed rule=" + rule), std::string::npos) << host.err();
}

INSTANTIATE_TEST_SUITE_P(
    Each, Rules,
    ::testing::Values(
        fault_case{"empty-response", "empty-response", "the whole kapacitord goes down"},
        fault_case{"end-without-begin", "end-without-begin", "the whole kapacitord goes down"},
        fault_case{"begin-size", "begin-size", "size -5"},
        fault_case{"begin-size-huge", "begin-size", "runs out of memory"},
        fault_case{"begin-in-batch", "begin-in-batch", "throws away the 1 points"},
        fault_case{"message-length", "message-length", "runs out of memory"},
        fault_case{"damaged-response", "damaged-response", "read error"},
        fault_case{"error-response", "error-response", "field x is missing"},
        fault_case{"stray-response", "stray-response", "received message without requesting it"},
        fault_case{"point-on-batch-edge", "point-on-batch-edge", "provides BATCH"},
        fault_case{"batch-on-stream-edge", "batch-on-stream-edge", "provides STREAM"},
        fault_case{"init-refused", "init-refused", "size must be at least 1, got 0"},
        fault_case{"data-before-init", "data-before-init", "Point"},
        fault_case{"info-not-answered", "info-not-answered", "hangs at its start"},
        fault_case{"info-not-closed", "info-not-closed", "hangs at its start"},
        fault_case{"keepalive", "keepalive", "keepalive timedout, last keepalive received was: "},
        fault_case{"not-closed", "not-closed", "waits for ever"},
        fault_case{"end-in-batch", "end-in-batch", "throws away its 1 points"},
        fault_case{"end-in-message", "end-in-message", "unexpected EOF"},
        fault_case{"exit-status", "exit-status", "process exited unexpectedly: exit status 3"}),
    fault_name);

// The input goes on: the end is not the one that the host asked for.
struct RulesDuringTheInput : ::testing::TestWithParam<fault_case> {};

TEST_P(RulesDuringTheInput, AreNamedWhereTheUdfBreaksThem) {
  const auto& [fault, rule, words] = GetParam();
  host_program host({"run", "--exec", faulty(fault), "--timeout", "400ms", "--listen",
                     "127.0.0.1:0", "--duration", "30s"});
  const auto port = host.port();
  ASSERT_NE(port, 0);
  test_support::http(port, "POST /write?db=d", some_lines(10));
  EXPECT_EQ(host.wait(), 1) << host.err();
  EXPECT_EQ(host.summary()["rule"], rule);
  EXPECT_NE(host.summary()["error"].get<std::string>().find(words), std::string::npos)
      << host.summary();
}

INSTANTIATE_TEST_SUITE_P(
    Each, RulesDuringTheInput,
    ::testing::Values(fault_case{"closed-early", "closed-early", "before the end of the input"},
                      fault_case{"exit-status-early", "closed-early", "exit status 7"},
                      fault_case{"crash", "closed-early", "exit status 137"},
                      fault_case{"silent", "keepalive", "keepalive timedout"}),
    fault_name);

TEST(HostRules, NameARefusedRestore) {
  const test_support::temp_dir dir;
  test_support::write_file(dir / "snapshot", "old");
  host_program host({"run", "--exec", faulty("restore-refused"), "--snapshot", dir / "snapshot"},
                    some_lines(1));
  EXPECT_EQ(host.wait(), 1);
  EXPECT_EQ(host.summary()["rule"], "restore-refused");
}

TEST(HostRules, DoNotForbidTalkingWithoutListening) {
  host_program host({"run", "--exec", faulty("stop-reading"), "--output", "/dev/null"},
                    some_lines(1));
  EXPECT_EQ(host.wait(), 0) << host.err();
  EXPECT_EQ(host.summary()["emitted"], 50001);
}

TEST(HostRules, CountWhatTheUdfWasNeverGiven) {
  // The silent one reads one point; more than the pipe and the buffers hold is on its way.
  host_program host({"run", "--exec", faulty("silent"), "--timeout", "300ms"}, some_lines(60000));
  EXPECT_EQ(host.wait(), 1);
  const auto s = host.summary();
  EXPECT_GT(s["unsent"], 0) << s;
  EXPECT_EQ(s["lost"], s["unsent"]) << s;
  EXPECT_EQ(s["received"].get<int>(), s["sent"].get<int>() + s["unsent"].get<int>()) << s;
}

}  // namespace
}  // namespace kapacitor::udf::host
