#include <string>

#include <gtest/gtest.h>

#include "base/line/writer.hpp"
#include "base/text/error.hpp"
#include "host/text_points.hpp"
#include "support/format_files.hpp"
#include "support/temp_dir.hpp"

// Files as people bring them, and what the host makes of them.
namespace kapacitor::udf::host {
namespace {

std::string as_line(const line_point& p) {
  std::string text;
  line_writer line(text, p.name);
  for (const auto& t : p.tags) line.tag(t.name, t.value);
  for (const auto& f : p.fields) line.field(f.name, f.value);
  line.end(p.time);
  return text;
}

/// All points as line protocol, and what is wrong as "LINE: …"; fed in pieces of that size.
std::string read_all(const std::string& content, const std::string& path, std::size_t piece) {
  text_settings s;
  s.table.path = path;
  text_points points(s);
  std::string result;
  const auto take = [&] {
    for (auto got = points.next(); got != text_points::step::more; got = points.next()) {
      if (got == text_points::step::end) return;
      result += got == text_points::step::point
                    ? as_line(points.point())
                    : std::to_string(points.line_number()) + ": " + points.error() + "\n";
    }
  };
  for (std::size_t at = 0; at < content.size(); at += piece) {
    points.feed(std::string_view(content).substr(at, piece));
    take();
  }
  points.finish();
  take();
  return result;
}

TEST(HostFormats, EachFileBecomesItsPointsWhateverItsName) {
  for (const auto& path : test_support::format_files()) {
    const auto expected = read_all(test_support::read_file(path + ".lp"), "x.lp", 1 << 20);
    const auto content = test_support::read_file(path);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, content.size()}) {
      try {
        EXPECT_EQ(read_all(content, path, piece), expected) << path;
      } catch (const std::exception& error) {
        ADD_FAILURE() << path << ": " << error.what();
      }
    }
  }
}

/// What is said of a text, as "FILE:LINE: …".
std::string said_of(const std::string& content) {
  try {
    return "x.csv:" + read_all(content, "x.csv", 1 << 20);
  } catch (const usage_error& error) {
    return error.what();
  }
}

TEST(HostFormats, ADamagedTableIsToldWithTheGeneratorsWords) {
  for (const auto& t : test_support::bad_tables) {
    EXPECT_EQ(said_of(t.content).substr(0, std::string(t.says).size()), t.says) << t.content;
  }
}

TEST(HostFormats, ALiveStreamIsReadFromItsFirstLineOn) {
  text_points points({});
  points.feed("m v=1 1\n");
  EXPECT_EQ(points.next(), text_points::step::point);
  points.feed("rubbish\n");
  EXPECT_EQ(points.next(), text_points::step::invalid);
}

TEST(HostFormats, LinesThatAreNothingAreInvalid) {
  EXPECT_EQ(read_all("rubbish\n", "stdin", 1).substr(0, 21), "1: there is no field:");
  EXPECT_EQ(read_all("", "stdin", 1), "");
  EXPECT_EQ(read_all("cpu,host=a usage\ncpu,host=b usage\n", "x", 5).substr(0, 31),
            "1: field \"usage\" has no value: ");
}

TEST(HostFormats, ATableThatWouldFillTheMemoryEndsWithOneError) {
  text_settings s;
  s.table.path = "x.csv";
  s.most_held = 2U << 20U;
  text_points points(s);
  std::string said;
  try {
    points.feed("time,v\n");
    for (int i = 0; i < 1'000'000; ++i) points.feed("2024-05-01,1\n");
  } catch (const usage_error& e) {
    said = e.what();
  }
  EXPECT_EQ(
      said,
      "x.csv: the table takes more than 2 MiB, a quarter of the memory there is: split it, or "
      "give it as line protocol, which is read piece by piece");
}

TEST(HostFormats, ANameThatSaysAnotherFormatIsWarnedOf) {
  const auto warning = [](const std::string& path, std::string_view text) {
    text_settings s;
    s.table.path = path;
    text_points points(s);
    points.feed(text);
    points.finish();
    return points.name_warning();
  };
  EXPECT_EQ(
      warning("p.srpl", "a v=1 1\nb v=2 2\nc v=3 3\n"),
      "its name ends in .srpl, but it holds line protocol, and is read as that; --format says "
      "it for certain");
  EXPECT_EQ(warning("x.csv.gz", "a v=1 1\n").substr(0, 38),
            "its name ends in .csv, but it holds li");
  EXPECT_EQ(warning("x.lp", "time,v\n2024-05-01,1\n").substr(0, 35),
            "its name ends in .lp, but it holds ");
  EXPECT_EQ(warning("p.srpl", "d\nr\na v=1 1\n"), "");
  EXPECT_EQ(warning("x.txt", "a v=1 1\n"), "");
}

TEST(HostFormats, ATableFromStdinNeedsAMeasurement) {
  const std::string table = "time,v\n2024-05-01,1\n";
  EXPECT_THROW(read_all(table, "stdin", 9), usage_error);
  text_settings s;
  s.table.path = "stdin";
  s.table.measurement = "m";
  text_points points(s);
  points.feed(table);
  points.finish();
  ASSERT_EQ(points.next(), text_points::step::point);
  EXPECT_EQ(points.point().name, "m");
}

TEST(HostFormats, AnExportSaysWhereItsPointsBelong) {
  text_points points({});
  points.feed(test_support::read_file(KAPACITOR_UDF_TEST_DATA "/formats/export.csv"));
  ASSERT_EQ(points.next(), text_points::step::point);
  EXPECT_EQ(points.database(), "demo");
  EXPECT_EQ(points.retention_policy(), "autogen");
}

TEST(HostFormats, NamesWhatIsNoText) {
  EXPECT_THROW(read_all(std::string("\xff\xfet\0i\0m\0", 8), "x.csv", 99), usage_error);
}

}  // namespace
}  // namespace kapacitor::udf::host
