#include "host/text_points.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/gzip.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::ElementsAre;
using step = text_points::step;

// Everything that is read, when the text comes in chunks: "db.rp name time" or "line N: error".
std::vector<std::string> read(const text_points::settings& s, std::string_view text,
                              std::size_t chunk) {
  text_points points(s);
  std::vector<std::string> seen;
  for (;;) {
    const auto got = points.next();
    if (got == step::end) return seen;
    if (got == step::more) {
      points.feed(text.substr(0, chunk));
      text.remove_prefix(std::min(chunk, text.size()));
      if (text.empty()) points.finish();
    } else if (got == step::invalid) {
      seen.push_back("line " + std::to_string(points.line_number()) + ": " +
                     std::string(points.error()));
    } else {
      const auto& p = points.point();
      seen.push_back(std::string(p.database) + "." + std::string(p.retention_policy) + " " +
                     std::string(p.name) + " " + std::to_string(p.time));
    }
  }
}

TEST(TextPoints, ReadsLinesHoweverTheyAreCut) {
  const std::string text =
      "# comment\r\na v=1 1\r\n\nb s=\"x\ny\" 2\nbad\n  c v=1i 3\nd v=\"\\\"\" 4";
  text_points::settings s;
  s.database = "db";
  s.retention_policy = "rp";
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_THAT(
        read(s, text, chunk),
        ElementsAre("db.rp a 1", "db.rp b 2", "line 6: missing fields", "db.rp c 3", "db.rp d 4"))
        << chunk;
  }
}

TEST(TextPoints, ReadsRecordings) {
  const std::string text = "db\nautogen\na,t=x v=1 1\n\n\nb v=\"x\ny\" 2\ndb\nrp\nbad\n";
  text_points::settings s;
  s.format = text_format::recording;
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_THAT(read(s, text, chunk),
                ElementsAre("db.autogen a 1", ". b 2", "line 10: missing fields"))
        << chunk;
  }
}

TEST(TextPoints, ReportsARecordingThatIsCutOff) {
  text_points::settings s;
  s.format = text_format::recording;
  EXPECT_THAT(read(s, "db\nrp\na v=1 1\ndb\n", 100),
              ElementsAre("db.rp a 1",
                          "line 4: the recording ends in the middle of a point (database, "
                          "retention policy, line)"));
}

TEST(TextPoints, GivesAPointWithoutTimeThePresentOne) {
  text_points::settings s;
  s.multiplier = 1'000'000'000;
  text_points points(s);
  points.feed("m v=1\n");
  ASSERT_EQ(points.next(), step::point);
  EXPECT_GT(points.point().time, 1'700'000'000'000'000'000);
  EXPECT_EQ(points.point().time % 1'000'000'000, 0);
}

TEST(Gzip, ComesBackHoweverItIsCut) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += std::to_string(i * 7919) + "\n";
  std::string packed;
  gzip_writer writer;
  writer.pack(std::string_view(text).substr(0, 1000), false, packed);
  writer.pack(std::string_view(text).substr(1000), true, packed);
  EXPECT_TRUE(looks_like_gzip(packed));
  EXPECT_LT(packed.size(), text.size());
  for (const std::size_t chunk : {1u, 7u, 1000u, 1000000u}) {
    gzip_reader reader;
    std::string back;
    for (std::string_view rest = packed; !rest.empty();
         rest.remove_prefix(std::min(chunk, rest.size()))) {
      reader.unpack(rest.substr(0, chunk), back);
    }
    EXPECT_TRUE(reader.complete());
    EXPECT_TRUE(back == text) << chunk;
  }
  EXPECT_TRUE(unpacked(packed + packed, text.size() * 2) == text + text);
}

TEST(Gzip, RefusesWhatIsDamagedCutOffOrTooMuch) {
  std::string packed;
  gzip_writer().pack(std::string(100000, 'x'), true, packed);
  EXPECT_THROW(unpacked("no gzip at all", 100), std::runtime_error);
  EXPECT_THROW(unpacked(packed.substr(0, packed.size() - 9), 1 << 20), std::runtime_error);
  EXPECT_THROW(unpacked(packed, 1000), std::runtime_error);
  EXPECT_EQ(unpacked(packed, 100000).size(), 100000u);
}

}  // namespace
}  // namespace kapacitor::udf::host
