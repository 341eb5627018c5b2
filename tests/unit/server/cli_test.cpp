#include "program/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

cli_shape shape(bool many_functions) {
  cli_shape s{
      .program = "udfd", .summary = "Serves.", .known = {}, .many_functions = many_functions};
  const auto own = many_functions ? udfd_settings() : single_settings();
  s.known.assign(own.begin(), own.end());
  s.known.insert(s.known.end(), common_settings().begin(), common_settings().end());
  return s;
}

command parse(std::vector<const char*> words, bool many_functions = true) {
  words.insert(words.begin(), "udfd");
  return parse_command_line(shape(many_functions), static_cast<int>(words.size()), words.data());
}

std::string problem_of(std::vector<const char*> words, bool many_functions = true) {
  try {
    parse(std::move(words), many_functions);
  } catch (const start_error& e) {
    return e.what();
  }
  return "none";
}

TEST(CommandLine, ServesByDefaultWithTheDocumentedDefaults) {
  const auto c = parse({});
  EXPECT_EQ(c.what, command::kind::serve);
  EXPECT_EQ(c.given.server.access.mode, 0660U);
  EXPECT_EQ(c.given.server.session.max_message, std::size_t{16} << 20);
  EXPECT_EQ(c.given.server.session.max_snapshot, std::size_t{1} << 30);
  EXPECT_EQ(c.given.server.session.limits.max_groups, 1'000'000U);
  EXPECT_EQ(c.given.server.heartbeats.max_busy, std::chrono::seconds(60));
  EXPECT_EQ(c.given.log.least, log_level::info);
  EXPECT_FALSE(c.given.server.session.strict_restore);
}

TEST(CommandLine, TakesAllFlags) {
  const auto c =
      parse({"--socket-dir",    "/d",    "--function",    "a",    "--function",     "b",
             "--threads",       "4",     "--socket-mode", "0666", "--socket-group", "g",
             "--max-message",   "1MiB",  "--max-groups",  "10",   "--max-busy",     "2m",
             "--log-level",     "trace", "--log-file",    "f",    "--max-snapshot", "2MiB",
             "--strict-restore"});
  EXPECT_EQ(c.given.socket_dir, "/d");
  EXPECT_THAT(c.given.functions, ElementsAre("a", "b"));
  EXPECT_EQ(c.given.server.threads, 4U);
  EXPECT_EQ(c.given.server.access.mode, 0666U);
  EXPECT_EQ(c.given.server.access.group, "g");
  EXPECT_EQ(c.given.server.session.max_message, 1U << 20);
  EXPECT_EQ(c.given.server.session.max_snapshot, 2U << 20);
  EXPECT_EQ(c.given.server.session.limits.max_groups, 10U);
  EXPECT_EQ(c.given.server.heartbeats.max_busy, std::chrono::minutes(2));
  EXPECT_EQ(c.given.log.least, log_level::trace);
  EXPECT_EQ(c.given.log.file, "f");
  EXPECT_TRUE(c.given.server.session.strict_restore);
}

TEST(CommandLine, AsksForListAndDescription) {
  EXPECT_EQ(parse({"--list"}).what, command::kind::list);
  const auto described = parse({"--describe", "ewma"});
  EXPECT_EQ(described.what, command::kind::describe);
  EXPECT_EQ(described.text, "ewma");
  EXPECT_EQ(parse({"--describe"}, false).what, command::kind::describe);
}

TEST(CommandLine, AsksForMarkdown) {
  EXPECT_FALSE(parse({"--list"}).markdown);
  EXPECT_TRUE(parse({"--list", "--markdown"}).markdown);
  const auto described = parse({"--markdown", "--describe", "ewma"});
  EXPECT_TRUE(described.markdown);
  EXPECT_EQ(described.what, command::kind::describe);
  EXPECT_TRUE(parse({"--describe", "--markdown"}, false).markdown);
}

TEST(CommandLine, SaysWhichFlagsDoNotGoTogether) {
  EXPECT_EQ(problem_of({"--markdown"}), "--markdown needs --list or --describe NAME");
  EXPECT_EQ(problem_of({"--markdown"}, false), "--markdown needs --describe");
  EXPECT_EQ(problem_of({"--list", "--describe", "ewma"}),
            "--list and --describe: only one of them at a time");
}

TEST(CommandLine, ShowsHelpWithEveryFlagAndTheVersion) {
  const auto help = parse({"--help"});
  ASSERT_EQ(help.what, command::kind::show);
  for (const auto& s : shape(true).known)
    EXPECT_THAT(help.text, HasSubstr("--" + std::string(s.name)));
  for (const auto* flag :
       {"--list", "--describe", "--markdown", "--config", "--version", "--help"}) {
    EXPECT_THAT(help.text, HasSubstr(flag));
  }
  EXPECT_EQ(parse({"--version"}).text, "udfd " + version() + "\n");
}

TEST(CommandLine, NamesTheFlagOfAWrongValue) {
  EXPECT_EQ(problem_of({"--threads", "none"}),
            "--threads: must be a whole number from 1 to 1024, got \"none\"");
  EXPECT_EQ(problem_of({"--socket-mode", "999"}),
            "--socket-mode: must be octal permissions such as 0660, got \"999\"");
}

TEST(CommandLine, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(problem_of({"--sokcet-dir", "/d"}), HasSubstr("--sokcet-dir"));
  EXPECT_THAT(problem_of({"ewma"}), HasSubstr("ewma"));
  EXPECT_THAT(problem_of({"--threads", "1", "2"}), HasSubstr("2"));
  EXPECT_THAT(problem_of({"--listen", "p"}), HasSubstr("--listen"));
}

TEST(CommandLine, NamesAFlagWithoutItsValueAndOneGivenTwice) {
  EXPECT_THAT(problem_of({"--threads"}), HasSubstr("--threads"));
  EXPECT_THAT(problem_of({"--threads", "1", "--threads", "2"}), HasSubstr("--threads"));
}

TEST(CommandLine, OfAProgramWithOneFunctionKnowsListen) {
  EXPECT_EQ(parse({"--listen", "/tmp/x.sock"}, false).given.listen, "/tmp/x.sock");
  EXPECT_THAT(problem_of({"--function", "a"}, false), HasSubstr("--function"));
}

}  // namespace
}  // namespace kapacitor::udf::server
