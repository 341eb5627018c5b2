#include <gtest/gtest.h>

#include "replayed.hpp"
#include "support/format_files.hpp"

// Files as people bring them, and what a replay makes of them.
namespace generator_test {
namespace {

class Formats : public testing::Test, protected Replayed {};

TEST_F(Formats, EachFileBecomesItsPointsWhateverItsName) {
  const auto files = test_support::format_files();
  EXPECT_GE(files.size(), 16U);
  for (const auto& path : files) {
    settings = {};
    settings.path = path;
    try {
      EXPECT_EQ(all(), test_support::read_file(path + ".lp")) << path;
    } catch (const std::exception& error) {
      ADD_FAILURE() << path << ": " << error.what();
    }
  }
}

TEST_F(Formats, ADamagedTableIsRefusedWithLineColumnAndRemedy) {
  for (const auto& t : test_support::bad_tables) {
    file("x.csv", t.content);
    EXPECT_EQ(refusal(), t.says) << t.content;
  }
}

TEST_F(Formats, TakesWhatOnlyLooksDamaged) {
  file("x.csv", "time,v\r\n2024-05-01,1\n\n2024-05-02,2\r\ntime,v\n2024-05-03,3");
  EXPECT_EQ(all(),
            "x v=1 1714521600000000000\nx v=2 1714608000000000000\nx v=3 1714694400000000000\n")
      << "mixed line ends, and a second header as of two files put together";
  file("x.csv", "time,v\n");
  EXPECT_EQ(refusal(), "x.csv: holds no points");
  file("x.csv", "\n\n");
  EXPECT_EQ(refusal(), "x.csv: has no header row");
}

TEST_F(Formats, FilesPutTogetherMayHaveByteOrderMarksInTheMidst) {
  file("x.csv", "\xef\xbb\xbftime;v\n2024-05-01;n/a\n\xef\xbb\xbftime;v\n2024-05-02;b\n");
  EXPECT_EQ(all(), "x v=\"n/a\" 1714521600000000000\nx v=\"b\" 1714608000000000000\n");
}

TEST_F(Formats, OptionsSayWhatTheFileLeavesOpen) {
  file("x.csv", "time,v\n04/01/2024,\"1,234\"\n05/02/2024,\"5,678\"\n");
  settings.time = kapacitor::time_format::month_first;
  settings.decimal_comma = true;
  EXPECT_EQ(all(), "x v=1.234 1711929600000000000\nx v=5.678 1714608000000000000\n");
  settings.time = kapacitor::time_format::day_first;
  settings.decimal_comma = false;
  EXPECT_EQ(all(), "x v=1234 1704326400000000000\nx v=5678 1707091200000000000\n");
}

TEST_F(Formats, BadCellsCanBeLeftOut) {
  file("x.csv", "time,v,s\n2024-05-01,1,n/a\n2024-05-02,oops,b\n2024-05-03,3,c\n");
  settings.skip_bad_lines = true;
  EXPECT_EQ(all(), "x v=1,s=\"n/a\" 1714521600000000000\nx v=3,s=\"c\" 1714694400000000000\n");
  EXPECT_EQ(opened->description().bad_lines, 1U);
}

TEST_F(Formats, TheDescriptionShowsDialectTimesFieldsAndWarnings) {
  file("x.csv", "ts;host;n;v;\n1714564800;7;1,5;007;\n1714564801;a;2;3;\n1714564802;b;2;3;\n");
  const auto text = gen::to_text(open().description());
  for (const auto* part :
       {"cells     semicolon\n", "times     column \"ts\", s, by their size\n",
        "field     x.host: string\n", "field     x.n: float, written as 1721,5\n",
        "field     x.v: float\n", "warning   column 5 has no name and is left out\n",
        "warning   column \"host\" is text, such as \"a\" in line 3, though 1 of 3 values are"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST_F(Formats, LineProtocolWithFieldsOfTwoTypesIsWarnedOf) {
  file("x.lp", "m v=1 1714564800000000000\nm v=1i 1714564801000000000\n");
  EXPECT_NE(
      gen::to_text(open().description()).find("warning   field m.v has values of several types"),
      std::string::npos);
}

TEST_F(Formats, UnsignedIntegersAreTakenIfTheTargetTakesThem) {
  file("x.lp", "m v=5u 1\n");
  EXPECT_EQ(refusal().substr(0, 38), "x.lp:1: field \"v\": \"5u\" is unsigned, w");
  settings.unsigned_integers = true;
  EXPECT_EQ(all(), "m v=5u 1\n");
}

TEST_F(Formats, NamesWhatIsNoText) {
  file("x.csv", std::string("\xff\xfet\0i\0", 6));
  EXPECT_EQ(refusal().substr(0, 16), "x.csv: is UTF-16");
  file("x.csv", "PK\x03\x04...");
  EXPECT_EQ(refusal().substr(0, 15), "x.csv: is a zip");
}

}  // namespace
}  // namespace generator_test
