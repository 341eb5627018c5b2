#include <gtest/gtest.h>

#include "base/line/line_end.hpp"
#include "replay/csv_row.hpp"
#include "replay/line_scan.hpp"
#include "replay/text_lines.hpp"

namespace kapacitor::generator {
namespace {

std::string wrong_with(std::string_view line) {
  line_parts parts;
  return scan_line(line, time_format::ns, parts);
}

TEST(ReplayLine, HasAKeyAHeadAndATime) {
  line_parts parts;
  const std::string_view line = R"(m\ x,t=a\ b,u=x\,y\=z s="q\"u, o=1\\",i=1i,b=T,f=-1.5e+3  1700)";
  ASSERT_EQ(scan_line(line, time_format::ms, parts), "");
  EXPECT_EQ(parts.key, R"(m\ x,t=a\ b,u=x\,y\=z)");
  EXPECT_EQ(parts.head, R"(m\ x,t=a\ b,u=x\,y\=z s="q\"u, o=1\\",i=1i,b=T,f=-1.5e+3)");
  EXPECT_EQ(parts.time, 1'700'000'000);
}

TEST(ReplayLine, TellsWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"m v=1", "the time is missing"},
      {"m v=1 soon", "'soon' is no time"},
      {"m v=1 1.5", "'1.5' is no time"},
      {"m v=1 1 2", "'1 2' is no time"},
      {"m", "there is no field"},
      {"#m v=1 1", "a comment stands for a point"},
      {"m v 1", "field 'v' has no value"},
      {",t=a v=1 1", "the measurement is missing"},
      {"m,t v=1 1", "tag 't' has no name or no value"},
      {"m,t= v=1 1", "tag 't' has no value"},
      {"m,t=a=b v=1 1", "tag 't': in a value"},
      {"m,t=a,t=b v=1 1", "tag 't' comes twice"},
      {"m v=1.2.3 1", "field 'v': '1.2.3' is no value"},
      {"m v=nan 1", "field 'v': 'nan' is no value"},
      {"m v=1e400 1", "field 'v': '1e400' is no value"},
      {"m v=9223372036854775808i 1", "field 'v': '9223372036854775808i' is no value"},
      {"m v=+1 1", "field 'v': '+1' is no value"},
      {"m v=5u 1", "field 'v': '5u' is no value"},
      {"m v=yes 1", "field 'v': 'yes' is no value"},
      {"m v= 1", "field 'v': '' is no value"},
      {"m v=\"a 1", "field 'v': the string is not closed"},
      {"m v=\"a\\", "field 'v': the string is not closed"},
      {"m v=\"a\"b 1", "field 'v': after the string"},
      {"m v=1, 1", "there is no field"}};
  for (const auto& [line, expected] : cases) {
    EXPECT_TRUE(wrong_with(line).starts_with(expected)) << line << ": " << wrong_with(line);
  }
  EXPECT_EQ(wrong_with(std::string("m v=1\0 1", 8)), "a NUL byte is not allowed");
}

TEST(ReplayLine, RefusesKeysThatInfluxDBRefuses) {
  EXPECT_NE(wrong_with("m,t=" + std::string(65536, 'x') + " v=1 1"), "");
  EXPECT_EQ(wrong_with("m,t=" + std::string(65000, 'x') + " v=1 1"), "");
}

TEST(ReplayLine, LinesAreNumberedWhereTheyBeginThoughStringsHoldBreaks) {
  text_lines lines("# one\r\nm s=\"a\nb\" 1\n\nm v=1 2");
  std::vector<std::pair<std::uint64_t, std::string>> got;
  while (lines.next(end_of_line)) got.emplace_back(lines.number(), lines.line());
  EXPECT_EQ(got, (decltype(got){{1, "# one"}, {2, "m s=\"a\nb\" 1"}, {4, ""}, {5, "m v=1 2"}}));
}

TEST(ReplayLine, AStringThatIsNeverClosedEndsWithItsLine) {
  const auto text = "m s=\"a 1\n" + std::string(text_lines::longest + 9, 'x');
  text_lines lines(text);
  ASSERT_TRUE(lines.next(end_of_line));
  EXPECT_EQ(lines.line(), "m s=\"a 1");
  ASSERT_TRUE(lines.next(end_of_line));
  EXPECT_EQ(lines.wrong(), "the line takes 1048585 bytes: allowed are 1048576");
}

std::vector<std::string> cells(std::string_view record) {
  csv_row row;
  if (const auto wrong = row.split(record); !wrong.empty()) return {"wrong", std::string(wrong)};
  std::vector<std::string> all;
  for (std::size_t i = 0; i < row.size(); ++i) all.emplace_back(row[i]);
  return all;
}

TEST(ReplayRow, IsSplitAsRfc4180Says) {
  using strings = std::vector<std::string>;
  EXPECT_EQ(cells("a,b,c"), (strings{"a", "b", "c"}));
  EXPECT_EQ(cells(",b,"), (strings{"", "b", ""}));
  EXPECT_EQ(cells(R"("a,1","say ""hi""",c"d)"), (strings{"a,1", R"(say "hi")", R"(c"d)"}));
  EXPECT_EQ(cells("\"a\nb\",\"\""), (strings{"a\nb", ""}));
  EXPECT_EQ(cells("\"a\"b,c")[0], "wrong");
  EXPECT_EQ(cells("\"a,b")[0], "wrong");
}

TEST(ReplayRow, EndsAtABreakOutsideQuotes) {
  const std::string_view text = "a,\"x\n\"\"y\",b\nc";
  EXPECT_EQ(end_of_record(text, 0), text.size() - 2);
  EXPECT_EQ(end_of_record("a,c\"d\ne", 0), 5U) << "a quote within a cell quotes nothing";
  EXPECT_EQ(end_of_record("a,b", 0), std::string_view::npos);
}

}  // namespace
}  // namespace kapacitor::generator
