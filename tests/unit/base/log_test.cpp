#include "base/text/log.hpp"

#include <gtest/gtest.h>

#include "unit/base/problem_of.hpp"

namespace kapacitor {
namespace {

TEST(LogLine, IsAPhraseAndPairs) {
  EXPECT_EQ(log_line("listening").add("function", "ewma").add("threads", 2).text(),
            "listening function=ewma threads=2");
}

TEST(LogLine, QuotesValuesThatWouldNotEndClearly) {
  EXPECT_EQ(log_line("x").add("a", "b c").text(), "x a=\"b c\"");
  EXPECT_EQ(log_line("x").add("a", "").text(), "x a=\"\"");
  EXPECT_EQ(log_line("x").add("a", "b=c").text(), "x a=\"b=c\"");
  EXPECT_EQ(log_line("x").add("a", "say \"hi\"").text(), "x a=\"say \\\"hi\\\"\"");
}

TEST(LogLine, IsNotWrittenBelowTheLeastLevel) {
  std::string written;
  const log_sink sink{log_level::warn, [&](log_level, std::string_view line) { written += line; }};
  log_line("quiet").write(sink, log_level::info);
  log_line("loud").write(sink, log_level::warn);
  EXPECT_EQ(written, "loud");
}

TEST(LogLine, StaysOneLine) {
  EXPECT_EQ(log_line("x").add("a", "b\nc").text(), "x a=\"b\\nc\"");
}

TEST(LogLevel, IsReadAndWrittenByName) {
  for (const auto& one : log_levels) EXPECT_EQ(parse_choice(one.name, log_levels), one.value);
  EXPECT_EQ(problem_of([] { parse_choice("loud", log_levels); }),
            "\"loud\" is none of trace, debug, info, warn, error, off");
}

}  // namespace
}  // namespace kapacitor
