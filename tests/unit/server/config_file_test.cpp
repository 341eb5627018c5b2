#include "program/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::server {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<setting> known() {
  std::vector<setting> all(udfd_settings().begin(), udfd_settings().end());
  all.insert(all.end(), common_settings().begin(), common_settings().end());
  return all;
}

settings read(std::string_view text) {
  settings s;
  apply_config(text, "udfd.toml", known(), s);
  return s;
}

std::string problem_of(std::string_view text) {
  try {
    read(text);
  } catch (const start_error& e) {
    return e.what();
  }
  return "none";
}

TEST(ConfigFile, TakesEveryFlagByItsName) {
  const auto s = read(R"(
    socket-dir = "/run/udf"
    function = ["ewma", "identity"]
    threads = 3
    socket-mode = "0600"
    socket-group = "kapacitor"
    max-message = "2MiB"
    max-groups = 1000
    max-busy = "90s"
    strict-restore = true
    log-level = "debug"
    log-file = "/var/log/udf.log"
  )");
  EXPECT_EQ(s.socket_dir, "/run/udf");
  EXPECT_THAT(s.functions, ElementsAre("ewma", "identity"));
  EXPECT_EQ(s.server.threads, 3U);
  EXPECT_EQ(s.server.access.mode, 0600U);
  EXPECT_EQ(s.server.access.group, "kapacitor");
  EXPECT_EQ(s.server.session.max_message, 2U << 20);
  EXPECT_EQ(s.server.session.limits.max_groups, 1000U);
  EXPECT_EQ(s.server.heartbeats.max_busy, std::chrono::seconds(90));
  EXPECT_TRUE(s.server.session.strict_restore);
  EXPECT_EQ(s.log.least, log_level::debug);
  EXPECT_EQ(s.log.file, "/var/log/udf.log");
}

TEST(ConfigFile, TakesOneFunctionWithoutAnArray) {
  EXPECT_THAT(read("function = 'ewma'").functions, ElementsAre("ewma"));
}

TEST(ConfigFile, TakesASizeAsANumberOfBytes) {
  EXPECT_EQ(read("max-message = 65536").server.session.max_message, 65536U);
}

TEST(ConfigFile, NamesTheLineOfAnUnknownKeyAndTheKnownOnes) {
  EXPECT_THAT(problem_of("threads = 2\nsokcet-dir = '/run'\n"),
              AllOf(StartsWith("udfd.toml:2:1: unknown key \"sokcet-dir\"; known: "),
                    HasSubstr("socket-dir"), HasSubstr("strict-restore")));
}

TEST(ConfigFile, NamesTheLineOfAWrongTypeAndWhatIsAllowed) {
  EXPECT_EQ(problem_of("threads = 'two'"),
            "udfd.toml:1:11: threads must be a whole number, got a value of type string");
  EXPECT_EQ(problem_of("\n log-level = 3"),
            "udfd.toml:2:14: log-level must be a string in quotes, got a value of type integer");
  EXPECT_EQ(problem_of("strict-restore = 1"),
            "udfd.toml:1:18: strict-restore must be true or false, got a value of type integer");
  EXPECT_EQ(problem_of("function = ['ewma', 3]"),
            "udfd.toml:1:21: function must be a string, or an array of strings, got a value of "
            "type integer");
  EXPECT_THAT(problem_of("[threads]\nn = 1"),
              HasSubstr("threads must be a whole number, got a value of type table"));
}

TEST(ConfigFile, NamesTheLineOfAWrongValueAndWhatIsAllowed) {
  EXPECT_EQ(problem_of("threads = 0"),
            "udfd.toml:1:11: threads must be a whole number from 1 to 1024, got \"0\"");
  EXPECT_EQ(
      problem_of("max-busy = '5'"),
      "udfd.toml:1:12: max-busy must be a duration such as 500ms, 30s, 5m or 1h30m, got \"5\"");
}

TEST(ConfigFile, NamesTheLineOfBadToml) {
  EXPECT_THAT(problem_of("threads = 2\nfunction = [\"ewma\"\nthreads = 3"),
              StartsWith("udfd.toml:3:"));
  EXPECT_THAT(problem_of("threads"), StartsWith("udfd.toml:1:"));
}

TEST(ConfigFile, MayBeEmpty) {
  EXPECT_EQ(problem_of(""), "none");
}

}  // namespace
}  // namespace kapacitor::udf::server
