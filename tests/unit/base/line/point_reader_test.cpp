#include "base/line/point_reader.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using ::testing::ElementsAre;
using step = point_reader::step;

const std::string no_field =
    "there is no field: a line is MEASUREMENT[,TAG=VALUE...] FIELD=VALUE[,FIELD=VALUE...] [TIME]";

// Everything that is read, when the text comes in chunks: "db.rp name time" or "line N: error".
std::vector<std::string> read(const point_reader::settings& s, std::string_view text,
                              std::size_t chunk) {
  point_reader points(s);
  std::vector<std::string> seen;
  for (;;) {
    const auto got = points.next();
    if (got == step::end) return seen;
    if (got == step::more) {
      points.feed(text.substr(0, chunk));
      text.remove_prefix(std::min(chunk, text.size()));
      if (text.empty()) points.finish();
    } else if (got == step::invalid) {
      seen.push_back("line " + std::to_string(points.line_number()) + ": " + points.error());
    } else {
      const auto& p = points.point();
      seen.push_back(std::string(points.database()) + "." + std::string(points.retention_policy()) +
                     " " + std::string(p.name) + " " + std::to_string(p.time));
    }
  }
}

TEST(PointReader, ReadsLinesHoweverTheyAreCut) {
  const std::string text =
      "# comment\r\na v=1 1\r\n\nb s=\"x\ny\" 2\nbad\n  c v=1i 3\nd v=\"\\\"\" 4";
  const point_reader::settings s;
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_THAT(read(s, text, chunk),
                ElementsAre(". a 1", ". b 2", "line 6: " + no_field, ". c 3", ". d 4"))
        << chunk;
  }
}

TEST(PointReader, ReadsRecordings) {
  const std::string text = "db\nautogen\na,t=x v=1 1\n\n\nb v=\"x\ny\" 2\ndb\nrp\nbad\n";
  point_reader::settings s;
  s.format = text_format::recording;
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_THAT(read(s, text, chunk),
                ElementsAre("db.autogen a 1", ". b 2", "line 10: " + no_field))
        << chunk;
  }
}

TEST(PointReader, ReportsARecordingThatIsCutOff) {
  point_reader::settings s;
  s.format = text_format::recording;
  EXPECT_THAT(read(s, "db\nrp\na v=1 1\ndb\n", 100),
              ElementsAre("db.rp a 1",
                          "line 4: the recording ends within a point: allowed are three lines for "
                          "each, database, retention policy, line protocol"));
}

TEST(PointReader, TakesABlankLineAsLongAsNoFileOfPointsHasForAnError) {
  const std::string hole(text_lines::longest + 1, '\0');
  EXPECT_THAT(read({}, hole + "\nm v=1 1\n", 1 << 20U),
              ElementsAre("line 1: the line takes 25000001 bytes: allowed are 25000000", ". m 1"));
  EXPECT_THAT(read({}, hole.substr(1) + "\nm v=1 1\n", 1 << 20U), ElementsAre(". m 1"));
}

TEST(PointReader, SaysThatACarriageReturnAloneEndsNoLine) {
  EXPECT_THAT(read({}, "m v=1 1\rm v=2 2\r", 100),
              ElementsAre("line 1: nothing may follow the time, got \"v=2 2\"; the line holds a "
                          "carriage return, but only LF and CR LF end lines"));
}

TEST(PointReader, SkipsTheLinesItIsTold) {
  point_reader::settings s;
  s.skips = [](std::string_view line) { return line.starts_with("CREATE"); };
  EXPECT_THAT(read(s, "CREATE DATABASE x\na v=1 1\n", 100), ElementsAre(". a 1"));
}

TEST(PointReader, ReadsATextThatIsThereAsAWhole) {
  point_reader points({text_format::lines, 1000}, "a v=1 1\n\nb v=2");
  ASSERT_EQ(points.next(), step::point);
  EXPECT_EQ(points.point().time, 1000);
  ASSERT_EQ(points.next(), step::point);
  EXPECT_FALSE(points.point().has_time);
  EXPECT_EQ(points.line_number(), 3u);
  EXPECT_EQ(points.next(), step::end);
}

TEST(PointReader, ToldSoRefusesWhatIsNoUtf8AndGoesOn) {
  point_reader reader({.utf8 = true}, "m,h=\xff v=1 1\nm,h=\xc3\xa4 v=2 2\n");
  ASSERT_EQ(reader.next(), point_reader::step::invalid);
  EXPECT_EQ(reader.error().substr(0, 36), "byte 0xff at column 5 is no UTF-8: I");
  EXPECT_EQ(reader.next(), point_reader::step::point);
}

}  // namespace
}  // namespace kapacitor
