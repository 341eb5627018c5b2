#include <chrono>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/options/parse.hpp"
#include "base/text/error.hpp"
#include "program/settings.hpp"

namespace kapacitor::udf::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using variables = std::map<std::string, std::string>;

/// A program's options, and what they set.
struct program {
  explicit program(bool many_functions = true)
      : options(many_functions ? udfd_options(given) : program_options(given, "mine", "")) {}

  parsed_options parse(std::vector<const char*> words, const variables& environment = {}) {
    words.insert(words.begin(), "udfd");
    auto result = parse_options(
        options, static_cast<int>(words.size()), words.data(), [&](const std::string& name) {
          const auto found = environment.find(name);
          return found == environment.end() ? nullptr : found->second.c_str();
        });
    if (!result.answered()) check_together(given);
    return result;
  }

  settings given;
  option_table options;
};

settings parse(std::vector<const char*> words, bool many_functions = true) {
  program p(many_functions);
  p.parse(std::move(words));
  return p.given;
}

std::string problem_of(std::vector<const char*> words, bool many_functions = true) {
  try {
    parse(std::move(words), many_functions);
  } catch (const usage_error& e) {
    return e.what();
  }
  return "none";
}

TEST(ProgramOptions, ServeByDefaultWithTheDocumentedDefaults) {
  const auto s = parse({});
  EXPECT_FALSE(s.asked.list || s.asked.describe);
  EXPECT_EQ(s.server.access.mode, 0660U);
  EXPECT_EQ(s.server.session.max_message, std::size_t{16} << 20);
  EXPECT_EQ(s.server.session.max_snapshot, std::size_t{1} << 30);
  EXPECT_EQ(s.server.session.limits.max_groups, 1'000'000U);
  EXPECT_EQ(s.server.heartbeats.max_busy, std::chrono::seconds(60));
  EXPECT_EQ(s.log.least, log_level::info);
  EXPECT_FALSE(s.server.session.strict_restore);
}

TEST(ProgramOptions, SetWhatTheFlagsSay) {
  const auto s = parse({"--socket-dir",    "/d",    "--function",    "a",    "--function",     "b",
                        "--threads",       "4",     "--socket-mode", "0666", "--socket-group", "g",
                        "--max-message",   "1MiB",  "--max-groups",  "10k",  "--max-busy",     "1d",
                        "--log-level",     "trace", "--log-file",    "f",    "--max-snapshot", "2M",
                        "--strict-restore"});
  EXPECT_EQ(s.socket_dir, "/d");
  EXPECT_THAT(s.functions, ElementsAre("a", "b"));
  EXPECT_EQ(s.server.threads, 4U);
  EXPECT_EQ(s.server.access.mode, 0666U);
  EXPECT_EQ(s.server.access.group, "g");
  EXPECT_EQ(s.server.session.max_message, 1U << 20);
  EXPECT_EQ(s.server.session.max_snapshot, 2U << 20);
  EXPECT_EQ(s.server.session.limits.max_groups, 10'000U);
  EXPECT_EQ(s.server.heartbeats.max_busy, std::chrono::hours(24));
  EXPECT_EQ(s.log.least, log_level::trace);
  EXPECT_EQ(s.log.file, "f");
  EXPECT_TRUE(s.server.session.strict_restore);
}

TEST(ProgramOptions, TakeTheirVariablesToo) {
  program p;
  p.parse({}, {{"KAPACITOR_UDFD_FUNCTION", "ewma,identity"}, {"KAPACITOR_UDFD_LOG_LEVEL", "warn"}});
  EXPECT_THAT(p.given.functions, ElementsAre("ewma", "identity"));
  EXPECT_EQ(p.given.log.least, log_level::warn);
  program mine(false);
  mine.parse({}, {{"KAPACITOR_UDF_LISTEN", "/s"}, {"KAPACITOR_UDFD_LOG_LEVEL", "warn"}});
  EXPECT_EQ(mine.given.listen, "/s");
  EXPECT_EQ(mine.given.log.least, log_level::info);
}

TEST(ProgramOptions, AskForListAndDescription) {
  EXPECT_TRUE(parse({"--list"}).asked.list);
  const auto described = parse({"--describe", "ewma"});
  EXPECT_TRUE(described.asked.describe);
  EXPECT_EQ(described.asked.function, "ewma");
  EXPECT_TRUE(parse({"--describe"}, false).asked.describe);
}

TEST(ProgramOptions, AskForMarkdown) {
  EXPECT_FALSE(parse({"--list"}).asked.markdown);
  EXPECT_TRUE(parse({"--list", "--markdown"}).asked.markdown);
  EXPECT_TRUE(parse({"--markdown", "--describe", "ewma"}).asked.markdown);
  EXPECT_TRUE(parse({"--describe", "--markdown"}, false).asked.markdown);
}

TEST(ProgramOptions, ThatDoNotGoTogetherAreRefused) {
  EXPECT_EQ(problem_of({"--markdown"}), "--markdown needs --list or --describe");
  EXPECT_EQ(problem_of({"--markdown"}, false), "--markdown needs --list or --describe");
  EXPECT_EQ(problem_of({"--list", "--describe", "ewma"}),
            "--list and --describe exclude each other");
}

TEST(ProgramOptions, AreAllInTheHelp) {
  program p;
  const auto help = p.parse({"--help"}).answer;
  for (const auto& row : p.options.rows) EXPECT_THAT(help, HasSubstr("--" + row.name));
  for (const auto* text : {"--config", "--version", "--help", "KAPACITOR_UDFD_LOG_LEVEL",
                           "Exit codes:", "(default: 16MiB)", "(default: one for each core)"}) {
    EXPECT_THAT(help, HasSubstr(text));
  }
  EXPECT_EQ(p.parse({"--version"}).answer, "kapacitor-udfd " + version() + "\n");
}

TEST(ProgramOptions, AreNamedByWhatIsWrongWithThem) {
  EXPECT_EQ(problem_of({"--threads", "none"}),
            "--threads: \"none\" is no whole number: write 5000, 10k or 1.5M");
  EXPECT_EQ(problem_of({"--threads", "0"}), "--threads: must be from 1 to 1024, got \"0\"");
  EXPECT_EQ(problem_of({"--max-message", "2GiB"}),
            "--max-message: must be from 1KiB to 1GiB, got \"2GiB\"");
  EXPECT_EQ(problem_of({"--socket-mode", "999"}),
            "--socket-mode: \"999\" is no file mode: write octal permissions such as 0660");
}

TEST(ProgramOptions, OfAProgramWithOneFunctionKnowListen) {
  EXPECT_EQ(parse({"--listen", "/tmp/x.sock"}, false).listen, "/tmp/x.sock");
  EXPECT_THAT(problem_of({"--function", "a"}, false), HasSubstr("\"--function\" is no flag"));
  EXPECT_THAT(problem_of({"--listen", "p"}), HasSubstr("\"--listen\" is no flag"));
}

}  // namespace
}  // namespace kapacitor::udf::server
