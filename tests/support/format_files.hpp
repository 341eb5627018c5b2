#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace test_support {

/// The files of tests/data/formats, each beside NAME.lp with what is in it.
inline std::vector<std::string> format_files() {
  std::vector<std::string> files;
  const std::filesystem::path folder = KAPACITOR_UDF_TEST_DATA "/formats";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto path = entry.path().string();
    if (std::filesystem::exists(path + ".lp")) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// A table with something wrong, and what is said of it, by all programs.
struct bad_table {
  const char *content, *says;
};
inline const bad_table bad_tables[] = {
    {"time,v\n2024-05-01T12:00:00Z,1\n2024-05-01T12:0",
     "x.csv:3: there are 1 cells: allowed are 2, as in the header"},
    {"time,v\n2024-05-01T12:00:00Z,1,2\n",
     "x.csv:2: there are 3 cells: allowed are 2, as in the header"},
    {"time,v\n2024-05-01T12:00:00Z,\"1\n2024-05-01T12:01:00Z,2\n",
     "x.csv:2: 22: a quote is opened and never closed: allowed is \"a cell\", with quotes in it "
     "doubled"},
    {"time,\"v\n2024-05-01T12:00:00Z,1\n",
     "x.csv:1:6: a quote is opened and never closed: allowed is \"a cell\", with quotes in it "
     "doubled"},
    {"time,v\n2024-05-01T12:00:00Z,1\ntime,w\n2024-05-01T12:00:00Z,1\n",
     "x.csv:3: column \"time\" is \"time\", which is no time: allowed are 2024-05-01T12:00:00Z, "
     "2024-05-01 12:00[:00[.fff]] and 2024-05-01, or what --time-format s, ms, us, ns, dmy or mdy "
     "says; --time-column chooses the column"},
    {"time,v\n1714564800,1\n1714564800123,2\n",
     "x.csv:3: column \"time\" is \"1714564800123\", which is no time: allowed are numbers since "
     "1970-01-01 in s, by their size; --time-format says another"},
    {"time,v\n04/01/2024,1\n05/02/2024,2\n",
     "x.csv:1: column \"time\" has dates whose days and months cannot be told apart: --time-format "
     "dmy or mdy says which is first"},
    {"time,v\n04/13/2024,1\n14/02/2024,2\n",
     "x.csv:1: column \"time\" has dates whose days and months cannot be told apart, some have "
     "days "
     "first and others months: --time-format dmy or mdy says which is first"},
    {"time,v\n2024-05-01,\"1,234\"\n2024-05-02,\"5,678\"\n",
     "x.csv:2: column \"v\" is \"1,234\": that may be a decimal comma, or a comma between groups "
     "of "
     "digits, and no other cell tells: --decimal comma or --decimal point says which, --field "
     "v:string takes all of it as text"},
    {"time,v\n2024-05-01,1.5\n2024-05-02,\"5,6\"\n",
     "x.csv:3: column \"v\" is \"5,6\", which is written in another way than \"1.5\" in line 2: "
     "--field v:string takes all of it as text"},
    {"time,host,v\n2024-05-01,a,1\n2024-05-02,b,oops\n2024-05-03,b,2\n",
     "x.csv:3: column \"v\" is \"oops\", but 2 of 3 values are numbers, such as \"1\" in line 2: "
     "--field v:string takes all of it as text"},
    {"error,reference\nfailed to parse query,897\n",
     "x.csv: holds the error of a query instead of points: the column \"error\" says what is "
     "wrong"},
    {"time,v\r2024-05-01T12:00:00Z,1\r2024-05-01T12:01:00Z,2\r",
     "x.csv:1:7: a carriage return alone ends no line: allowed are LF and CR LF (tr '\\r' "
     "'\\n')"},
    {"time,v\r\n2024-05-01T12:00:00Z,1\r2024-05-01T12:01:00Z,2\r\n",
     "x.csv:2: 23: a carriage return alone ends no line: allowed are LF and CR LF (tr '\\r' "
     "'\\n')"},
    {"name: cpu\ntime                host value\n----                ---- -----\n"
     "1714564800000000000 a    1\n",
     "x.csv: is what InfluxDB's shell prints for people, columns without separators: influx "
     "-format csv writes what can be read"},
    {"name,tags,time,v\ncpu,host,1714564800000000000,1\n",
     "x.csv:2: \"host\" is no tag: allowed is NAME=VALUE[,NAME=VALUE…]"},
};

}  // namespace test_support
