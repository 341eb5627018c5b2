#include <chrono>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/options/parse.hpp"
#include "support/temp_dir.hpp"
#include "unit/base/problem_of.hpp"

namespace kapacitor {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using variables = std::map<std::string, std::string>;

enum class color { red, green };
constexpr choice<color> colors[] = {
    {"red", color::red}, {"green", color::green}, {"verde", color::green}};

/// A program with two commands and options of every kind.
class Options : public ::testing::Test {
 protected:
  Options() {
    table.program = "prog";
    table.version = "1.2.3";
    table.summary = "Does things.";
    table.variables = "PROG";
    option_group general(table.rows, "Things");
    general.add("count", count_value(count, {1, 10}), "how many");
    general.add("size", size_value(size), "how large");
    general.add("wait", duration_value(wait), "how long").never_with("hurry");
    general.add("hurry", toggle_value(hurry), "do not wait").with_letter('q');
    general.add("color", choice_value(shade, colors), "which");
    auto list = texts_value("NAME", names);
    list.separator = ',';
    general.add("name", list, "whom");
    general.add("secret", text_value("TEXT", secret), "what nobody is to see")
        .as(option_row::places::variable_only);
    general.add("list", toggle_value(listing), "show all").as(option_row::places::flag_only);
    table.commands = {{"run", "runs", "", {}}, {"replay", "replays", "More.\n", {}}};
    option_group own(table.commands[1].rows, "Replay");
    own.add_argument("FILE", text_value("FILE", file), "what to replay").is_required();
    own.add("speed", parsed_value("FACTOR", [this](const std::string& t) { speed = t; }),
            "how fast");
    table.commands[1].rows.back().value.type = flag_value::kind::number;
    table.standard_command = "run";
  }

  parsed_options parse(std::vector<const char*> words, const variables& environment = {}) {
    words.insert(words.begin(), "prog");
    return parse_options(table, static_cast<int>(words.size()), words.data(),
                         [&](const std::string& name) {
                           const auto found = environment.find(name);
                           return found == environment.end() ? nullptr : found->second.c_str();
                         });
  }
  std::string problem(std::vector<const char*> words, const variables& environment = {}) {
    return problem_of([&] { parse(words, environment); });
  }

  /// Parses with a file of that content.
  parsed_options configured(const std::string& text, std::vector<const char*> words = {},
                            const variables& environment = {}) {
    std::ofstream(path) << text;
    words.insert(words.begin(), {"--config", path.c_str()});
    return parse(std::move(words), environment);
  }
  /// What is wrong with a file of that content, without the folder's name.
  std::string problem_in(const std::string& text, std::vector<const char*> words = {}) {
    auto what = problem_of([&] { configured(text, words); });
    if (what.starts_with(path)) what.replace(0, path.size(), "x.toml");
    return what;
  }

  const test_support::temp_dir dir;
  const std::string path = dir / "x.toml";
  int count = 3;
  std::uint64_t size = 64 << 10;
  std::chrono::nanoseconds wait = 5s;
  bool hurry = false, listing = false;
  color shade = color::red;
  std::vector<std::string> names;
  std::string secret, file, speed;
  option_table table;
};

TEST_F(Options, SetWhatTheyAreBoundTo) {
  const auto done = parse({"--count", "7", "--size=1MiB", "--wait", "1.5h", "--color", "verde",
                           "--name", "a,b", "--name", "c", "--list"});
  EXPECT_EQ(done.command, "run");
  EXPECT_EQ(count, 7);
  EXPECT_EQ(size, 1U << 20U);
  EXPECT_EQ(wait, 90min);
  EXPECT_EQ(shade, color::green);
  EXPECT_THAT(names, ElementsAre("a,b", "c"));
  EXPECT_TRUE(listing);
  EXPECT_FALSE(hurry);
  parse({"-q"});
  EXPECT_TRUE(hurry);
}

TEST_F(Options, OfACommandStandBeforeOrBehindItsArgument) {
  EXPECT_EQ(parse({"--count", "2", "replay", "--speed", "60", "f.lp", "--size", "5k"}).command,
            "replay");
  EXPECT_EQ(file, "f.lp");
  EXPECT_EQ(speed, "60");
  EXPECT_EQ(count, 2);
  EXPECT_EQ(size, 5U << 10U);
}

TEST_F(Options, FromAFlagOverrideAVariableThatOverridesTheFile) {
  const std::string text = "count = 1\nsize = '1k'\nwait = '1s'\nname = ['a', 'b']\n";
  configured(text, {"--count", "9"}, {{"PROG_COUNT", "8"}, {"PROG_SIZE", "2k"}});
  EXPECT_EQ(count, 9);
  EXPECT_EQ(size, 2048U);
  EXPECT_EQ(wait, 1s);
  EXPECT_THAT(names, ElementsAre("a", "b"));
  configured(text, {"--name", "c"}, {});
  EXPECT_THAT(names, ElementsAre("c"));
}

TEST_F(Options, ComeFromVariables) {
  parse({}, {{"PROG_NAME", "a,b"},
             {"PROG_HURRY", "yes"},
             {"PROG_SECRET", "s"},
             {"PROG_LIST", "1"},
             {"PROG_COUNT", ""}});
  EXPECT_THAT(names, ElementsAre("a", "b"));
  EXPECT_TRUE(hurry);
  EXPECT_EQ(secret, "s");
  EXPECT_FALSE(listing) << "is for the command line only";
  EXPECT_EQ(count, 3) << "an empty variable counts as not set";
  std::ofstream(path) << "count = 4";
  parse({}, {{"PROG_CONFIG", path}});
  EXPECT_EQ(count, 4);
}

TEST_F(Options, ThatAreWrongNameTheirSourceAndWhatIsAllowed) {
  EXPECT_EQ(problem({"--wait", "5"}),
            "--wait: \"5\" is no duration: write 500ms, 10s, 1.5h or 7d, at most 292 years");
  EXPECT_EQ(problem({}, {{"PROG_COUNT", "11"}}), "PROG_COUNT: must be from 1 to 10, got \"11\"");
  EXPECT_EQ(problem({"--color", "gren"}),
            "--color: \"gren\" is none of red, green, verde; did you mean green?");
  EXPECT_EQ(problem_in("\ncolor = 'blue'"),
            "x.toml:2:9: color: \"blue\" is none of red, green, verde");
  EXPECT_EQ(problem_in("count = 0"), "x.toml:1:9: count: must be from 1 to 10, got \"0\"");
}

TEST_F(Options, ThatDoNotExistAreRefusedWithTheNearest) {
  EXPECT_EQ(problem({"--cuont", "3"}),
            "\"--cuont\" is no flag of prog; did you mean --count? (--help lists them)");
  EXPECT_EQ(problem({"--xyzzy=3"}), "\"--xyzzy\" is no flag of prog (--help lists them)");
  EXPECT_EQ(problem({"--secret", "x"}),
            "\"--secret\" is no flag, as others would see it: "
            "set the variable PROG_SECRET");
  EXPECT_THAT(problem({"replay", "f", "--sped", "1"}), HasSubstr("did you mean --speed?"));
  EXPECT_THAT(problem({"--speed", "1"}), StartsWith("\"--speed\" is no flag of prog"));
  EXPECT_EQ(problem({"reply"}), "\"reply\" is no command: write run, replay; did you mean replay?");
  EXPECT_THAT(problem({"replay", "a", "b"}), HasSubstr("\"b\" is one argument too many"));
}

TEST_F(Options, MissAValueOrArgument) {
  EXPECT_EQ(problem({"--count"}), "--count needs a value: N");
  EXPECT_EQ(problem({"replay"}), "FILE is missing: what to replay");
  EXPECT_EQ(problem({"--count", "1", "--count", "2"}), "--count: takes one value, got 1, 2");
  table.standard_command.clear();
  EXPECT_EQ(problem({}), "a command is missing: run, replay (--help explains them)");
}

TEST_F(Options, ThatExcludeEachOtherAreRefusedFromOneSource) {
  EXPECT_EQ(problem({"--wait", "1s", "--hurry"}), "--wait and --hurry exclude each other");
  EXPECT_NO_THROW(configured("wait = '1s'", {"--hurry"}));
  EXPECT_EQ(wait, 5s) << "the flag overrides the file";
  EXPECT_TRUE(hurry);
}

TEST_F(Options, OfAFileMayBeForOneCommand) {
  const std::string text = "count = 2\nspeed = 5\n[replay]\nspeed = 60\n[run]\ncount = 4\n";
  configured(text);
  EXPECT_EQ(count, 4);
  EXPECT_EQ(speed, "") << "run does not take it";
  configured(text, {"replay", "f"});
  EXPECT_EQ(speed, "60");
  EXPECT_EQ(count, 2);
  EXPECT_EQ(problem_in("[replai]\nx = 1"),
            "x.toml:1:2: \"replai\" is no command: write run, replay; did you mean replay?");
  EXPECT_THAT(problem_in("[run]\nspeed = 1"), StartsWith("x.toml:2:1: \"speed\" is no key"));
}

TEST_F(Options, OfAFileAreNamedByTheLineOfAnUnknownKey) {
  EXPECT_EQ(problem_in("count = 2\nsiez = 3\n"),
            "x.toml:2:1: \"siez\" is no key; did you mean size? (allowed: count, size, wait, "
            "hurry, color, name)");
  EXPECT_THAT(problem_in("secret = 'x'"), StartsWith("x.toml:1:1: \"secret\" is no key"));
}

TEST_F(Options, OfAFileHaveTheirTypes) {
  EXPECT_EQ(problem_in("count = true"),
            "x.toml:1:9: count: must be a number or a string, got a value of type boolean");
  EXPECT_EQ(problem_in("\n wait = 3"),
            "x.toml:2:9: wait: must be a string, got a value of type integer");
  EXPECT_EQ(problem_in("hurry = 1"),
            "x.toml:1:9: hurry: must be true or false, got a value of type integer");
  EXPECT_EQ(problem_in("name = ['a', 3]"),
            "x.toml:1:14: name: must be a string, or an array of "
            "them, got a value of type integer");
  EXPECT_NO_THROW(configured("size = 65536\nname = 'a'\nhurry = false\ncount = '5'"));
  EXPECT_EQ(size, 65536U);
  EXPECT_EQ(count, 5);
  EXPECT_THAT(names, ElementsAre("a"));
}

TEST_F(Options, OfAFileThatIsNoTomlOrCannotBeRead) {
  EXPECT_THAT(problem_in("count = 2\nname = [\"a\"\ncount = 3"), StartsWith("x.toml:3:"));
  EXPECT_THAT(problem_in("count"), StartsWith("x.toml:1:"));
  EXPECT_EQ(problem_in(""), "none");
  EXPECT_EQ(problem({"--config", "/no/such"}),
            "--config: cannot read \"/no/such\": No such file or directory");
  EXPECT_THAT(problem({"--config", "/tmp"}),
              StartsWith("--config: cannot read \"/tmp\": Is a directory"));
}

TEST_F(Options, AreExplainedByTheHelp) {
  const auto help = parse({"--help"}).answer;
  for (const auto* text :
       {"Does things.", "Usage: prog [COMMAND]", "replays", "--count N", "(default: 3)",
        "(default: 64KiB)", "(default: 5s)", "red|green|verde", "(default: red)", "-q, --hurry",
        "may be repeated", "PROG_SECRET", "--config FILE", "PROG_LOG_LEVEL", "Exit codes:"}) {
    EXPECT_THAT(help, HasSubstr(text));
  }
  EXPECT_THAT(help, Not(HasSubstr("--speed")));
  const auto own = parse({"replay", "--help"}).answer;
  EXPECT_THAT(own, AllOf(HasSubstr("prog replay FILE"), HasSubstr("--speed FACTOR"),
                         HasSubstr("--count N"), HasSubstr("More.")));
  EXPECT_EQ(parse({"--version"}).answer, "prog 1.2.3\n");
}

TEST_F(Options, AreThereAsJsonForOtherTools) {
  const auto all = nlohmann::json::parse(parse({"--help-json"}).answer);
  EXPECT_EQ(all["program"], "prog");
  ASSERT_EQ(all["options"].size(), table.rows.size());
  const auto& shade_row = all["options"][4];
  EXPECT_EQ(shade_row["name"], "color");
  EXPECT_EQ(shade_row["variable"], "PROG_COLOR");
  EXPECT_EQ(shade_row["default"], "red");
  EXPECT_EQ(shade_row["allowed"], nlohmann::json::array({"red", "green", "verde"}));
  EXPECT_EQ(all["options"][6]["flag"], false) << "a secret is a variable only";
  EXPECT_EQ(all["commands"][1]["options"][0]["name"], "FILE");
  EXPECT_EQ(all["commands"][1]["options"][0]["required"], true);
}

TEST_F(Options, OfTheHelpFitAHundredColumns) {
  option_group(table.rows, "Long")
      .add("long", text_value("TEXT", secret), std::string(30, 'a') + " " + std::string(60, 'b'));
  std::istringstream help(parse({"--help"}).answer);
  for (std::string line; std::getline(help, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(Nearest, IsAFewLettersAway) {
  const std::vector<std::string> names = {"log-level", "log-file", "threads"};
  EXPECT_EQ(nearest("log-levle", names), "log-level");
  EXPECT_EQ(nearest("lgo-file", names), "log-file");
  EXPECT_EQ(nearest("thread", names), "threads");
  EXPECT_EQ(nearest("thr", names), "threads");
  EXPECT_EQ(nearest("zebra", names), "");
  EXPECT_EQ(nearest("", names), "");
}

}  // namespace
}  // namespace kapacitor
