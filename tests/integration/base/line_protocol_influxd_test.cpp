#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/line/line_end.hpp"
#include "base/line/parse.hpp"
#include "base/line/writer.hpp"
#include "support/influxd.hpp"

// InfluxDB itself is asked how it reads the same lines.
namespace kapacitor {
namespace {

using namespace std::string_literals;

using nlohmann::json;
using test_support::influxd;

// As InfluxDB's JSON shows it. An int and a double that is whole look the same: the type is told by
// SHOW FIELD KEYS.
json json_of(const line_value& v) {
  return std::visit(
      [](auto held) {
        if constexpr (std::is_same_v<decltype(held), std::string_view>) {
          return json(std::string(held));
        } else {
          return json(held);
        }
      },
      v);
}
std::string type_of(const line_value& v) {
  static const char* names[] = {"float", "integer", "string", "boolean"};
  return names[v.index()];
}

struct reading {
  bool accepted = false;
  std::string name;
  std::int64_t time = 0;
  std::map<std::string, std::string> tags, types;
  std::map<std::string, json> fields;
  bool operator==(const reading&) const = default;
};
std::ostream& operator<<(std::ostream& out, const reading& r) {
  if (!r.accepted) return out << "refused";
  return out << json{r.name, r.time, r.tags, r.types, r.fields}.dump();
}

reading by_us(const std::string& line) {
  line_parser parser;
  line_point p;
  reading r;
  const bool is_point = !is_blank_or_comment(line);
  r.accepted = !is_point || parser.parse(line, 1, p).empty();
  if (!r.accepted || !is_point) return r;
  r.name = p.name;
  r.time = p.time;
  for (const auto& t : p.tags) r.tags[std::string(t.name)] = t.value;
  for (const auto& f : p.fields) {
    r.fields[std::string(f.name)] = json_of(f.value);
    r.types[std::string(f.name)] = type_of(f.value);
  }
  return r;
}

json rows(const json& answer, const char* what) {
  return answer.value(json::json_pointer(std::string("/results/0/series/0/") + what),
                      json::array());
}

reading by_influxdb(const influxd& db, const std::string& line) {
  db.query("DROP DATABASE t");
  db.create("t");
  reading r;
  r.accepted = db.write("t", line).status == 204;
  if (!r.accepted) return r;
  const auto fields = db.query("SHOW FIELD KEYS", "t");
  r.name = fields.value(json::json_pointer("/results/0/series/0/name"), "");
  for (const auto& row : rows(fields, "values")) r.types[row[0]] = row[1];
  const auto answer = db.query("SELECT * FROM /.*/", "t");
  const auto columns = rows(answer, "columns");
  const auto values = rows(answer, "values");
  for (std::size_t i = 0; i < columns.size() && !values.empty(); ++i) {
    const std::string column = columns[i];
    const auto& cell = values[0][i];
    if (column == "time") {
      r.time = cell;
    } else if (r.types.contains(column)) {
      r.fields[column] = cell;
    } else if (!cell.is_null()) {
      r.tags[column] = cell;
    }
  }
  return r;
}

const std::string lines[] = {
    // accepted
    "m v=1 1",
    "m v=1i 1",
    "m v=-1i -5",
    "m v=1.5,w=-2.25e3,x=1e-3,y=1E+2 1",
    "m v=.5,w=-.5,x=1. 1",
    "m v=007i,w=00.5,x=-0i 1",
    "m v=9223372036854775807i,w=-9223372036854775808i 1",
    "m v=t,w=T,x=true,y=True,z=TRUE 1",
    "m v=f,w=F,x=false,y=False,z=FALSE 1",
    "m v=\"\" 1",
    "m v=\"a b,c=d\" 1",
    "m v=\"q\\\"q\\\\b\" 1",
    "m v=\"keep \\n and \\t\" 1",
    "m v=\"two\nlines\" 1",
    "m v=\"ünïcödé ✓\" 1",
    "m,a=b v=1 1",
    "m,b=2,a=1 v=1 1",
    "m,a\\ b=c\\ d v=1 1",
    "m,a\\,b=c\\,d v=1 1",
    "m,a\\=b=c\\=d v=1 1",
    "m,a=\"quoted\" v=1 1",
    "m,a=ünï v=1 1",
    "m,a=x\\y v=1 1",
    "m\\ x v=1 1",
    "m\\,x v=1 1",
    "m=x v=1 1",
    "m\"x v=1 1",
    "m\\x v=1 1",
    "m a\\ b=1 1",
    "m a\\,b=1 1",
    "m a\\=b=1 1",
    "m \"a\"=1 1",
    "m a\\b=1 1",
    "  m v=1 1",
    "\tm v=1 1",
    "m  v=1 1",
    "m v=1  1",
    "m v=1 1  ",
    "m v=1 0",
    "m v=1 -1",
    "m v=1e-400 1",
    "m v=123456789012345678901234567890 1",
    "\0\0\0"s,
    "\0\tm v=1 1"s,
    "m\0x v=1 1"s,
    "m \0\tv=1 1"s,
    "m,t=a\0b v=1 1"s,
    "m v=\"a\0b\" 1"s,
    "m v=1 \t1",
    " \t# m v=1 1",
    "#m v=1 1",
    "m\\\nx v=1 1",
    "m,t=a\\\nb v=1 1",
    "m,t=a\tb v=1 1",
    "m v\tx=1 1",
    "m,t=x\\\\,y v=1 1",
    "m a\\\\\"b=1 1",
    "m,t\\\"x=a\\\"b v=1 1",
    "m v=1 -9223372036854775806",
    "m v=1 9223372036854775806",
    "m v=0.1234567890123456789 1",
    // refused
    "m",
    "m ",
    "m v",
    "m v=",
    "m v= 1",
    "m =1 1",
    "m v=1, 1",
    "m v=1,,w=2 1",
    "m ,v=1 1",
    "m v=1 w=2",
    "m v=abc 1",
    "m v=tr 1",
    "m v=TRue 1",
    "m v=truee 1",
    "m v=\"open 1",
    "m v=1.5i 1",
    "m v=1e3i 1",
    "m v=i 1",
    "m v=- 1",
    "m v=. 1",
    "m v=-.i 1",
    "m v=1.1.1 1",
    "m v=1e 1",
    "m v=1e+ 1",
    "m v=--1 1",
    "m v=+1 1",
    "m v=1- 1",
    "m v=0x1 1",
    "m v=1_000 1",
    "m v=5u 1",
    "m v=NaN 1",
    "m v=nan 1",
    "m v=Inf 1",
    "m v=-Inf 1",
    "m v=1e400 1",
    "m v=9223372036854775808i 1",
    "m v=-9223372036854775809i 1",
    "m v='a' 1",
    "m,a v=1 1",
    "m,a= v=1 1",
    "m,=b v=1 1",
    "m, v=1 1",
    "m,a=b=c v=1 1",
    "m,a=b, v=1 1",
    "m,,a=b v=1 1",
    "m,a=1,a=2 v=1 1",
    "m,a=1,b=2,a=3 v=1 1",
    "m,a=b",
    ",a=b v=1 1",
    "m v=1 1x",
    "m v=1 1.5",
    "m v=1 x",
    "m v=1 -",
    "m v=1 --1",
    "m v=1 1 2",
    "m v=1 1\t",
    "m v=1 9223372036854775807",
    "m v=1 -9223372036854775807",
    "m v=1 99999999999999999999",
    "m v=1 1\r",
    "m v=1 1\0"s,
    "m v=1\0 1"s,
    "m v=1\t1",
    "m v=1 +1",
    "m,t=a\\ v=1 1",
    "m v=.e1 1",
    "m v=1e1. 1",
};

TEST(LineProtocol, IsReadAsInfluxDBReadsIt) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  const influxd db;
  for (const auto& line : lines) EXPECT_EQ(by_us(line), by_influxdb(db, line)) << line;
}

TEST(LineProtocol, IsWrittenAsInfluxDBReadsIt) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  const influxd db;
  const std::string words[] = {"a b", "c,d", "e=f", "g\"h", "i\\j", "k\tl", "ünï", "#m", "n\ro"};
  for (const auto& word : words) {
    std::string line;
    line_writer to(line, "m" + word);
    to.tag("t" + word, "u" + word);
    to.field("f" + word, std::string_view(word));
    to.field("g", 0.1);
    ASSERT_EQ(to.end(7), "") << word;
    reading written{true, "m" + word, 7, {}, {}, {}};
    written.tags["t" + word] = "u" + word;
    written.types = {{"f" + word, "string"}, {"g", "float"}};
    written.fields = {{"f" + word, word}, {"g", 0.1}};
    EXPECT_EQ(written, by_influxdb(db, line)) << word;
  }
}

TEST(LineProtocol, RefusesAKeyThatIsTooLongForInfluxDB) {
  if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
  const influxd db;
  for (const std::size_t length : {65000u, 65536u}) {
    const auto line = std::string(length, 'm') + " v=1 1";
    db.create("t");
    EXPECT_EQ(by_us(line).accepted, db.write("t", line).status == 204) << length;
  }
}

}  // namespace
}  // namespace kapacitor
