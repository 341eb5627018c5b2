#include "server/log.hpp"

#include <gtest/gtest.h>

namespace kapacitor::udf::server {
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
  const agent::log_sink sink{agent::log_level::warn,
                             [&](agent::log_level, std::string_view line) { written += line; }};
  log_line("quiet").write(sink, agent::log_level::info);
  log_line("loud").write(sink, agent::log_level::warn);
  EXPECT_EQ(written, "loud");
}

}  // namespace
}  // namespace kapacitor::udf::server
