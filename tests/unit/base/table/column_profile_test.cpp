#include "base/table/column_profile.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using cells = std::vector<std::string_view>;

column_verdict verdict(const cells& column, const column_profile::hints& h = {}) {
  column_profile p;
  std::uint64_t line = 2;
  for (const auto cell : column) p.take(cell, line++);
  return p.decide(h);
}

/// What a number becomes in the style that is decided.
std::string plain(const cells& column, const column_profile::hints& h = {}) {
  const auto v = verdict(column, h);
  if (!v.problem.empty()) return "problem";
  std::string all;
  for (const auto cell : column) {
    std::string text(cell.size(), ' ');
    text.resize(
        static_cast<std::size_t>(write_plain_number(cell, v.style, text.data()) - text.data()));
    all += (all.empty() ? "" : " ") + text;
  }
  return std::string(name_of(v.kind)) + ": " + all;
}

TEST(ColumnProfile, DecidesTheKindOverAllCells) {
  const std::pair<cells, column_kind> cases[] = {
      {{}, column_kind::none},
      {{"", "NaN", "-", "null"}, column_kind::none},
      {{"1", "-2", "+3", ""}, column_kind::integer},
      {{"1", "2.5", "n/a"}, column_kind::number},
      {{"9223372036854775807"}, column_kind::integer},
      {{"9223372036854775808"}, column_kind::number},
      {{"1e3", ".5", "5."}, column_kind::number},
      {{"true", "FALSE", "", "NA"}, column_kind::boolean},
      {{"t", "f"}, column_kind::text},
      {{"a", "b", "NaN"}, column_kind::text},
      {{"1.2.3.4"}, column_kind::text},
      {{"2024-05-01"}, column_kind::text},
      {{"0x10", "1e999"}, column_kind::text},
      {{"007", "008"}, column_kind::integer},
  };
  for (const auto& [column, kind] : cases) {
    EXPECT_EQ(verdict(column).kind, kind) << (column.empty() ? "" : column[0]);
    EXPECT_EQ(verdict(column).problem, "");
  }
}

TEST(ColumnProfile, ReadsNumbersInTheStyleThatAllCellsHave) {
  EXPECT_EQ(plain({"1,721,992.28", "12", "3.5"}), "float: 1721992.28 12 3.5");
  EXPECT_EQ(plain({"1.721.992,28", "12"}), "float: 1721992.28 12");
  EXPECT_EQ(plain({"1,721,992", "1,000"}), "int: 1721992 1000");
  EXPECT_EQ(plain({"1,5", "2"}), "float: 1.5 2");
  EXPECT_EQ(plain({"-1,5", "1,234"}), "float: -1.5 1.234");
  EXPECT_EQ(plain({"1 721,5",
                   "1\xc2\xa0"
                   "721,5",
                   "1'000"}),
            "float: 1721.5 1721.5 1000");
  EXPECT_EQ(plain({"12.345", "1.234"}), "float: 12.345 1.234");
  EXPECT_EQ(plain({"+1,5e3"}), "float: 1.5e3");
  EXPECT_EQ(plain({"45.3%", "7 %"}), "float: 45.3 7");
  EXPECT_EQ(plain({"1.234", "1,5"}), "float: 1234 1.5");
}

TEST(ColumnProfile, DoesNotGuessWhatACommaMeans) {
  EXPECT_EQ(plain({"1,234", "5,678"}), "problem");
  EXPECT_EQ(verdict({"1,234", "5,678"}).problem.substr(0, 13), "is \"1,234\": t");
  EXPECT_EQ(plain({"1,234"}, {.decimal_comma = true}), "float: 1.234");
  EXPECT_EQ(plain({"1,234"}, {.decimal_comma = false}), "int: 1234");
  EXPECT_EQ(plain({"1,234"}, {.comma_likely = true}), "float: 1.234");
  EXPECT_EQ(plain({"1,234"}, {.points_elsewhere = true}), "int: 1234");
  EXPECT_EQ(plain({"12.345"}, {.comma_likely = true}), "float: 12.345");
  EXPECT_EQ(plain({"12.345"}, {.commas_elsewhere = true}), "int: 12345");
  EXPECT_NE(verdict({"12.345"}, {.commas_elsewhere = true}).warning, "");
  EXPECT_EQ(plain({"12.345"}, {.decimal_comma = false, .commas_elsewhere = true}), "float: 12.345");
}

TEST(ColumnProfile, AMixedColumnIsAProblemOrTextWithAWarning) {
  auto v = verdict({"1", "2", "oops"});
  EXPECT_EQ(v.problem, "is \"oops\", but 2 of 3 values are numbers, such as \"1\" in line 2");
  EXPECT_EQ(v.line, 4U);
  v = verdict({"a", "7", "b"});
  EXPECT_EQ(v.kind, column_kind::text);
  EXPECT_EQ(v.warning,
            "is text, such as \"a\" in line 2, though 1 of 3 values are numbers, such as \"7\" in "
            "line 3");
  v = verdict({"1.5", "1,5"});
  EXPECT_EQ(v.problem, "is \"1,5\", which is written in another way than \"1.5\" in line 2");
  EXPECT_EQ(v.line, 3U);
  EXPECT_NE(verdict({"true", "1"}).problem, "");
  EXPECT_EQ(verdict({"5 %", "0.3"}).problem,
            "is \"0.3\" without a percent sign, and \"5 %\" in line 2 with one");
}

TEST(ColumnProfile, NumbersWithUnitsAreTextWithAWarning) {
  const auto v = verdict({"12.3 GiB", "13 MiB", "n/a"});
  EXPECT_EQ(v.kind, column_kind::text);
  EXPECT_EQ(v.warning,
            "is text, such as \"12.3 GiB\" in line 2, as each number has a unit: write them "
            "without, as Grafana does with \"Formatted data\" off");
  EXPECT_NE(verdict({"21 °C", "1,5 °C"}).warning, "");
  EXPECT_EQ(verdict({"12.3 GiB", "much"}).warning, "");
  EXPECT_EQ(verdict({"12 Main Street", "3 Side Street"}).warning, "");
  EXPECT_EQ(verdict({"1f", "2e"}).warning, "");
}

TEST(ColumnProfile, CodesWithLeadingZerosAreTextOnlyIfAsked) {
  EXPECT_EQ(verdict({"007", "12"}, {.codes = true}).kind, column_kind::text);
  EXPECT_EQ(verdict({"0", "12"}, {.codes = true}).kind, column_kind::integer);
  EXPECT_EQ(verdict({"00.5"}, {.codes = true}).kind, column_kind::number);
}

}  // namespace
}  // namespace kapacitor
