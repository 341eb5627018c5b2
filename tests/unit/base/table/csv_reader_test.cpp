#include "base/table/csv_reader.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

/// Each record as "LINE:CELL|CELL…".
std::vector<std::string> records(std::string_view text) {
  std::vector<std::string> all;
  for (csv_reader in(text); in.next();) {
    auto line = std::to_string(in.line()) + ":";
    if (!in.wrong().empty()) line += "wrong at " + to_text(in.wrong_place());
    for (std::size_t i = 0; in.wrong().empty() && i < in.record().size(); ++i) {
      line += (i ? "|" : "") + std::string(in.record()[i]);
    }
    all.push_back(line);
  }
  return all;
}

using strings = std::vector<std::string>;

TEST(CsvReader, SkipsEmptyLinesAByteOrderMarkAndTheLineThatNamesTheSeparator) {
  EXPECT_EQ(records("a,b\n\n1,2\r\n\r\n3,4"), (strings{"1:a|b", "3:1|2", "5:3|4"}));
  EXPECT_EQ(records("\xef\xbb\xbfsep=;\r\na;b\r\n1,5;2"), (strings{"2:a|b", "3:1,5|2"}));
  EXPECT_EQ(records("\xef\xbb\xbf\r\n\n"), strings{});
  EXPECT_EQ(records(""), strings{});
}

TEST(CsvReader, CountsTheLinesWithinQuotes) {
  EXPECT_EQ(records("a,b\n\"x\ny\",2\n3,4\n"), (strings{"1:a|b", "2:x\ny|2", "4:3|4"}));
}

TEST(CsvReader, AQuoteThatIsNotClosedEndsWithItsLine) {
  EXPECT_EQ(records("a,b\n1,\"2\n3,4\n"), (strings{"1:a|b", "2:wrong at 2:3: ", "3:3|4"}));
  EXPECT_EQ(records("a,b\n1,\"2\n\"x\n"), (strings{"1:a|b", "2:wrong at 3:2: "}));
}

TEST(CsvReader, RefusesNulBytes) {
  EXPECT_EQ(records(std::string_view("a,b\n1,\0\n", 8)), (strings{"1:a|b", "2:wrong at 2:3: "}));
}

TEST(CsvReader, TellsTheDialect) {
  const std::pair<const char*, char> cases[] = {
      {"a,b\n1,2\n", ','},
      {"a;b\n1,5;2\n", ';'},
      {"a\tb\n1\t2\n", '\t'},
      {"a|b\n1|2\n", '|'},
      {"a\n1\n", ','},
      {"time,a;b\n1,2\n", ','},
      {"\"Time\";\"a, b\";\"c\"\n1;2;3\n", ';'},
      {"a;b,c;d,e\n1;2;3\n1;2;3\n", ';'},
      {"sep=,\na;b,c\n", ','},
      {"\"sep=;\"\na;b\n", ';'},
  };
  for (const auto& [text, separator] : cases) {
    EXPECT_EQ(detect_dialect(text).separator, separator) << text;
  }
  EXPECT_TRUE(detect_dialect("\"a\",\"b\"\n1,2\n").all_quoted);
  EXPECT_FALSE(detect_dialect("\"a\",b\n1,2\n").all_quoted);
}

}  // namespace
}  // namespace kapacitor
