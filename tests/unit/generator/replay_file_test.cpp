#include "replay/replay_file.hpp"

#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "replay/same_time.hpp"
#include "replay/survey.hpp"
#include "replayed.hpp"

namespace generator_test {
namespace {

using kapacitor::file_format;
using testing::HasSubstr;

class ReplayFileTest : public testing::Test, protected Replayed {
 protected:
  void gzip_file(const std::string& name, const std::string& content) {
    settings.path = folder / name;
    gzFile out = ::gzopen(settings.path.c_str(), "wb");
    ::gzwrite(out, content.data(), static_cast<unsigned>(content.size()));
    ::gzclose(out);
  }
  const gen::replay_description& description() { return open().description(); }
};

const std::string nab = "timestamp,value\n2014-04-01 00:00:00,45.0\n2014-04-01 00:05:00,1e-05\n";

TEST_F(ReplayFileTest, ReadsANabFileAsItIs) {
  file("ec2 cpu.csv", nab);
  EXPECT_EQ(all(),
            "ec2_cpu value=45.0 1396310400000000000\nec2_cpu value=1e-05 1396310700000000000\n");
  EXPECT_EQ(description().format, file_format::nab);
  EXPECT_EQ(description().median_interval, 300 * second);
}

TEST_F(ReplayFileTest, PutsPointsIntoTheOrderOfTimeAndKeepsThatOfEqualTimes) {
  file("x.csv",
       "time,v\n2024-01-01T00:00:02Z,1\n2024-01-01T00:00:01Z,2\n"
       "2024-01-01T00:00:02Z,3\n2024-01-01T00:00:01Z,4\n");
  EXPECT_EQ(all(),
            "x v=2 1704067201000000000\nx v=4 1704067201000000000\n"
            "x v=1 1704067202000000000\nx v=3 1704067202000000000\n");
  EXPECT_FALSE(description().sorted);
}

TEST_F(ReplayFileTest, MapsColumnsWithTheirTypes) {
  file("x.csv",
       "\xef\xbb\xbfhost,at,n,on,note,f\r\n\"a, b\",1.5,+7,1,\"say \"\"hi\"\"\\\",+2.50\r\n"
       "c=d,2,8,false,\"two\nlines\",.5\r\n");
  settings.measurement = "my m";
  settings.time_column = "at";
  settings.time = kapacitor::time_format::s;
  settings.tags = {kapacitor::parse_tag("host=h")};
  settings.fields = kapacitor::parse_field_map("n:int=count,on:bool,note:string,f:float");
  EXPECT_EQ(all(),
            "my\\ m,h=a\\,\\ b count=7i,on=t,note=\"say \\\"hi\\\"\\\\\",f=2.50 1500000000\n"
            "my\\ m,h=c\\=d count=8i,on=false,note=\"two\nlines\",f=.5 2000000000\n");
  EXPECT_EQ(description().series, 2U);
}

TEST_F(ReplayFileTest, LeavesOutWhatIsEmptyOrNoNumber) {
  file("x.csv", "time,a,b,c\n1,1,NaN,text\n2,-inf,,\n3, 2 ,Infinity,\n\n4,,3,\"\"\n");
  settings.time = kapacitor::time_format::s;
  EXPECT_EQ(all(), "x a=1,c=\"text\" 1000000000\nx a=2 3000000000\nx b=3 4000000000\n");
  EXPECT_EQ(description().without_fields, 1U);
}

TEST_F(ReplayFileTest, NamesTheLineOfABadRow) {
  settings.time = kapacitor::time_format::s;
  file("x.csv", "time,v\n1,1\n2,oops\n");
  EXPECT_EQ(
      refusal(),
      "x.csv:3: column \"v\" is \"oops\", but 1 of 2 values are numbers, such as \"1\" in line 2: "
      "--field v:string takes all of it as text");
  file("x.csv", "time,v\n1,\"a\nb\"\n2\n");
  EXPECT_EQ(refusal(), "x.csv:4: there are 1 cells: allowed are 2, as in the header");
  settings.time = kapacitor::time_format::automatic;
  EXPECT_EQ(
      refusal(),
      "x.csv:2: column \"time\" is \"1\", which is no time: allowed are 2024-05-01T12:00:00Z, "
      "2024-05-01 12:00[:00[.fff]] and 2024-05-01, or what --time-format s, ms, us, ns, dmy "
      "or mdy says; --time-column chooses the column");
}

TEST_F(ReplayFileTest, NamesTheColumnsWhereOneIsMissing) {
  file("x.csv", "time,v\n1,1\n");
  settings.fields = kapacitor::parse_field_map("w");
  EXPECT_EQ(refusal(), "x.csv: there is no column \"w\" for the field: the header names time, v");
}

TEST_F(ReplayFileTest, ReadsLineProtocolInItsPrecision) {
  file("x.txt", "# comment\n\n m,t=a v=1 2000 \r\nm,t=b v=\"x y\",w=1i 1000\n  # more\nm v=t 3000");
  settings.time = kapacitor::time_format::ms;
  EXPECT_EQ(all(), "m,t=b v=\"x y\",w=1i 1000000000\nm,t=a v=1 2000000000\nm v=t 3000000000\n");
  EXPECT_EQ(description().format, file_format::lines);
  EXPECT_EQ(description().series, 3U);
}

TEST_F(ReplayFileTest, LinesThatDifferInTheOrderOfTagsAreOneSeries) {
  file("x.lp", "m,a=1,b=2 v=1 1\nm,b=2,a=1 v=2 2\nm,a=2,b=1 v=3 3\n");
  EXPECT_EQ(description().series, 2U);
  const std::string types =
      "#datatype,string,long,dateTime:RFC3339,double,string,string,string,string\n"
      "#group,false,false,false,false,true,true,true,true\n#default,_result,,,,,,,\n"
      ",result,table,_time,_value,_field,_measurement,";
  file("x.csv",
       types + "a,b\n,,0,2024-05-01T00:00:00Z,1,v,m,1,2\n\n" + types +
           "b,a\n,,1,2024-05-01T00:00:01Z,1,v,m,2,1\n,,2,2024-05-01T00:00:02Z,1,v,m,1,2\n");
  EXPECT_EQ(description().series, 2U);
  file("shell.csv",
       "name,tags,time,v\nm,\"a=1,b=2\",1714521600000000001,1\n"
       "m,\"b=2,a=1\",1714521600000000002,2\nm,\"a=2,b=1\",1714521600000000003,3\n"
       "m,\"b=2,c=,a=1\",1714521600000000004,4\n");
  EXPECT_EQ(description().series, 2U);
}

TEST_F(ReplayFileTest, ALineWithoutATimeIsNamed) {
  file("x.lp", "m v=1 1\n\nm v=2\n");
  EXPECT_EQ(refusal(), "x.lp:3: the time is missing: allowed is m,tag=x field=1 TIME");
}

TEST_F(ReplayFileTest, BadLinesCanBeLeftOutAndAreCounted) {
  file("x.lp", "m v=1 1\nm v=2\nrubbish\nm v=3 3\nm v=\"open 4\nm v=5 5\n");
  settings.skip_bad_lines = true;
  EXPECT_EQ(all(), "m v=1 1\nm v=3 3\nm v=5 5\n");
  EXPECT_EQ(description().bad_lines, 3U);
  EXPECT_EQ(description().first_bad.size(), 3U);
}

TEST_F(ReplayFileTest, ReadsAnExportWithItsHeadings) {
  file("dump",
       "# INFLUXDB EXPORT: 1677-09-21T00:12:43Z - 2262-04-11T23:47:16Z\n# DDL\n"
       "CREATE DATABASE demo WITH NAME autogen\n# DML\n# CONTEXT-DATABASE:demo\n"
       "# CONTEXT-RETENTION-POLICY:autogen\n# writing tsm data\nm,t=a v=1 5\nm,t=a v=2 7\n"
       "m,t=b v=3 5\n# CONTEXT-DATABASE: other\nm v=4 6\n");
  EXPECT_EQ(description().format, file_format::influx_export);
  ASSERT_EQ(description().places.size(), 2U);
  EXPECT_EQ(description().places[0].database, "demo");
  EXPECT_EQ(description().places[0].retention_policy, "autogen");
  EXPECT_EQ(description().places[0].points, 3U);
  settings.from_database = "demo";
  EXPECT_EQ(all(), "m,t=a v=1 5\nm,t=b v=3 5\nm,t=a v=2 7\n");
}

TEST_F(ReplayFileTest, ReadsWhatKapacitorRecorded) {
  settings.path = KAPACITOR_UDF_TEST_DATA "/replay/kapacitor.srpl";
  EXPECT_EQ(description().format, file_format::recording);
  ASSERT_EQ(description().places.size(), 2U);
  EXPECT_EQ(description().places[1].database, "d2");
  EXPECT_EQ(description().places[1].retention_policy, "r2");
  settings.from_database = "d2";
  EXPECT_EQ(all(),
            "m x=1000 1700000000000000001\n"
            "m,t=a\\ b,u=x\\,y\\=z b=true,s=\"q\\\"u, o=1\\\\\",x=1i,y=2.5 "
            "1700000000000000007\nm s=\"two\nlines\" 1700000000000000009\n");
}

TEST_F(ReplayFileTest, TellsARecordingWithoutItsNameAndOneThatIsCutOff) {
  file("recorded", "d\nr\nm v=1 1\n");
  EXPECT_EQ(description().format, file_format::recording);
  file("x.srpl", "d\nr\nm v=1 1\nd\nr\n");
  EXPECT_EQ(refusal(),
            "x.srpl:5: the recording ends within a point: allowed are three lines for "
            "each, database, retention policy, line protocol");
}

TEST_F(ReplayFileTest, UnpacksGzip) {
  gzip_file("x.csv.gz", nab);
  EXPECT_EQ(all().substr(0, 13), "x value=45.0 ");
}

TEST_F(ReplayFileTest, RefusesADamagedGzip) {
  gzip_file("x.csv.gz", nab);
  auto packed = test_support::read_file(settings.path);
  file("x.csv.gz", packed.substr(0, packed.size() - 9));
  EXPECT_EQ(refusal(), "x.csv.gz: the gzip is cut off, or still being written");
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  file("x.csv.gz", packed);
  EXPECT_TRUE(refusal().starts_with("x.csv.gz: damaged gzip")) << refusal();
}

TEST_F(ReplayFileTest, SaysWhatItCannotRead) {
  settings.path = folder / "none.csv";
  EXPECT_EQ(refusal(), "none.csv: No such file or directory");
  settings.path = folder.path();
  EXPECT_EQ(refusal(), " is a directory; allowed is a file");
  file("x.csv", "");
  EXPECT_EQ(refusal(), "x.csv: is empty");
  file("x.csv", "timestamp,value\n");
  EXPECT_EQ(refusal(), "x.csv: holds no points");
  file("x.png", "\x89PNG\r\n\x1a\n...");
  EXPECT_TRUE(refusal().starts_with("x.png: cannot tell what it is written in: allowed are CSV"));
  file("x.bin", std::string(100, '\0'));
  EXPECT_EQ(refusal(), "x.bin:1: NUL bytes are not allowed");
  file("x.brpl", "PK\x03\x04...");
  EXPECT_TRUE(refusal().starts_with("x.brpl: is a zip"));
}

TEST_F(ReplayFileTest, RefusesALineThatNoRequestCanHold) {
  std::string value;
  value.resize(25'000'000, 'x');
  file("x.lp", "m v=1 1\nm v=\"" + value + "\" 2\n");
  EXPECT_EQ(refusal(), "x.lp:2: the line takes 25000008 bytes: allowed are 25000000");
}

TEST_F(ReplayFileTest, RefusesSettingsThatDoNotGoWithTheFile) {
  file("x.lp", "m v=1 1\n");
  settings.measurement = "m";
  EXPECT_EQ(refusal(), "x.lp: a measurement and columns can be chosen for csv, not for line");
  settings.measurement = {};
  settings.from_database = "d";
  EXPECT_EQ(refusal(), "x.lp: line names no database: export and srpl do");
}

TEST_F(ReplayFileTest, CutsAWindowOfTime) {
  file("x.lp", "m v=1 1\nm v=2 2\nm v=3 3\nm v=4 4\n");
  settings.from = 2;
  settings.until = 4;
  EXPECT_EQ(all(), "m v=2 2\nm v=3 3\n");
  settings.from = 5;
  settings.until = {};
  EXPECT_EQ(refusal(),
            "x.lp: no points are left between --from and --until: it has points from "
            "1970-01-01T00:00:00.000000001Z to 1970-01-01T00:00:00.000000004Z");
}

TEST_F(ReplayFileTest, DescribesItselfInText) {
  file("x.lp", "m v=1 1000000000\nm,t=a v=2 3000000000\n");
  EXPECT_EQ(gen::to_text(description()),
            "format    line\npoints    2\nseries    2\nfrom      1970-01-01T00:00:01Z\n"
            "to        1970-01-01T00:00:03Z\ninterval  2s (median)\norder     by time\n"
            "field     m.v: float\nwarning   all times are of 1970: --time-format s, ms, us or ns "
            "says another unit\n");
}

TEST_F(ReplayFileTest, TellsARecordingFromLineProtocolByItsContent) {
  file("p.srpl", "a v=1 1\nb v=2 2\nc v=3 3\n");
  EXPECT_EQ(all(), "a v=1 1\nb v=2 2\nc v=3 3\n");
  EXPECT_EQ(description().format, file_format::lines);
  EXPECT_THAT(
      gen::to_text(description()),
      HasSubstr("\nwarning   its name ends in .srpl, but it holds line protocol, and is read "
                "as that; --format says it for certain\n"));
  file("p.srpl", "d\nr\na v=1 1\n");
  EXPECT_EQ(description().format, file_format::recording);
  EXPECT_THAT(gen::to_text(description()), testing::Not(HasSubstr("its name")));
}

TEST_F(ReplayFileTest, AGzipThatUnpacksToMoreThanMayBeHeldIsRefused) {
  settings.most_unpacked = 3U << 20U;
  gzip_file("x.lp.gz", std::string(100U << 20U, '\0'));
  EXPECT_EQ(refusal(),
            "x.lp.gz: unpacks to more than 3 MiB, a quarter of the memory there is: unpack it with "
            "gunzip, a file that is not packed is not held in memory");
  gzip_file("x.lp.gz", std::string(2U << 20U, '\n') + "m v=1 1\n");
  EXPECT_EQ(all(), "m v=1 1\n");
}

TEST_F(ReplayFileTest, ReadsASpreadsheetsNumbersForDatesIfItIsToldSo) {
  file("x.csv", "time,v\n45413.5,1\n45413.52083333334,2\n");
  EXPECT_THAT(refusal(),
              HasSubstr("x.csv:2: column \"time\" is \"45413.5\", which is no time: it may "
                        "be a spreadsheet's number for 2024-05-01T12:00:00Z, which "
                        "--time-format excel reads"));
  settings.time = kapacitor::time_format::excel;
  EXPECT_EQ(all(), "x v=1 1714564800000000000\nx v=2 1714566600000000000\n");
}

std::string many_lines(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += "m v=" + std::to_string(i) + " " + std::to_string(i) + "\n";
  return text;
}

// What logrotate's copytruncate does: a bus error, for who does not expect it.
TEST_F(ReplayFileTest, EndsWithAWordIfItsFileIsShortened) {
  for (const long left : {0L, 100L, 5000L}) {
    file("p.lp", many_lines(2000));
    const auto& opened_file = open();
    ASSERT_EQ(::truncate(settings.path.c_str(), left), 0);
    auto plan = gen::plan_of(settings);
    plan.speed = 0;
    try {
      run(opened_file, plan);
      FAIL() << "replayed what is not there";
    } catch (const kapacitor::run_ended& end) {
      EXPECT_EQ(end.code(), kapacitor::exit_code::failed);
      EXPECT_EQ(std::string(end.what()).substr(folder.path().string().size()),
                "/p.lp: was shortened while it was read: replay a copy of a file that others write "
                "to");
    }
  }
}

TEST_F(ReplayFileTest, MayGrowWhileItIsReplayed) {
  file("p.lp", many_lines(2000));
  open();
  std::ofstream(settings.path, std::ios::app) << "m v=1 99999\n";
  auto plan = gen::plan_of(settings);
  plan.speed = 0;
  EXPECT_EQ(run(*opened, plan), many_lines(2000));
}

TEST_F(ReplayFileTest, CountsThePointsThatInfluxDbWouldNotKeep) {
  const auto overwritten = [this](const std::string& text, std::int64_t unit = 1) {
    file("p.lp", text);
    return gen::overwritten_points(open(), unit);
  };
  EXPECT_EQ(overwritten("m v=1 1\nm v=2 1\nm v=3 1\n"), 2U);
  EXPECT_EQ(overwritten("m v=1 1\nm w=2 1\nm v=1,w=3 1\n"), 1U) << "fields join";
  EXPECT_EQ(overwritten("m,a=1 v=1 1\nm,a=2 v=2 1\nn v=1 1\n"), 0U);
  EXPECT_EQ(overwritten("m v=1 1\nm v=2 2\n"), 0U);
  EXPECT_EQ(overwritten("m v=1 1000\nm v=2 1999\nm v=3 2000\n", 1000), 1U);
  EXPECT_EQ(overwritten("m v=1 -1\nm v=2 -1000\nm v=3 1\n", 1000), 1U);
}

TEST_F(ReplayFileTest, IsSurveyedForWhatInfluxDbAndKapacitorWillNotTake) {
  file("x.csv", "time,host,value\n2024-05-01T00:00:00Z,a,1\n2024-05-01T00:00:00Z,b,2\n");
  EXPECT_THAT(
      gen::to_text(gen::survey_of(open(), 1)),
      HasSubstr("same time 1 points have series, time and a field of another: InfluxDB keeps "
                "the last of each; what tells them apart belongs in a tag, of a table with "
                "--tag COLUMN\n"));
  file("x.lp", "m,h=\xff v=1 1\nm w=\"1,5\" 2\nm w=\"text\" 3\n");
  const auto text = gen::to_text(gen::survey_of(open(), 1));
  EXPECT_THAT(text, HasSubstr("no UTF-8  1 points, such as of m,h=?:"));
  EXPECT_THAT(text,
              HasSubstr("warning   field w of m is text that looks like a number in 1 points, "
                        "such as \"1,5\""));
  file("x.lp", "m v=1 1\nm v=2 2\n");
  EXPECT_EQ(gen::to_text(gen::survey_of(open(), 1)), "");
}

TEST(LooksLikeANumber, HoweverPeopleWriteIt) {
  for (const auto* yes : {"1", "-1,5", "1.721,99", "1,721,992.28", "1 234", "12%", "12.5 %",
                          "+3e-5", " 7 ", "1'000", "00123", "5."}) {
    EXPECT_TRUE(gen::looks_like_number(yes)) << yes;
  }
  for (const auto* no :
       {"", "-", "n/a", "2024-05-01", "12:30", "10.0.0.1", "v1.2", "a1", "1a", "%"}) {
    EXPECT_FALSE(gen::looks_like_number(no)) << no;
  }
}

}  // namespace
}  // namespace generator_test
