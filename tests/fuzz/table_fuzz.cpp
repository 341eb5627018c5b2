#include <string>
#include <string_view>

#include <fuzz/target.hpp>

#include "base/line/parse.hpp"
#include "base/table/file_format.hpp"
#include "base/table/point_table.hpp"
#include "base/text/encoding.hpp"
#include "base/text/error.hpp"

// A file as bytes: whatever is in it, its format is guessed; and each row that the reader of tables
// takes becomes a line that the reader of line protocol takes, with the same time to come.
namespace kapacitor {
namespace {

using udf::fuzz::require;

struct collected final : point_sink {
  std::vector<std::string_view> records;
  void add(std::int64_t, std::string_view record, std::uint64_t) override {
    records.push_back(record);
  }
  void add_without_fields() override {}
  void bad(std::uint64_t line, std::string_view what) override {
    require(line > 0 && !what.empty(), "a bad row has a line and a reason");
  }
  void restart() override { records.clear(); }
};

void write_all(const point_table& table, const collected& rows) {
  csv_record memory;
  line_parser parser;
  line_point point;
  for (const auto record : rows.records) {
    std::string line(table.most(record), '\0');
    const auto* end = table.write(record, memory, line.data());
    const auto size = static_cast<std::size_t>(end - line.data());
    require(size <= line.size(), "a row takes no more than most()");
    line.resize(size);
    const auto wrong = parser.parse(line, 1, point);
    // A header may name two tags alike, which only InfluxDB refuses.
    require(wrong.empty() || wrong.ends_with("occurs twice"), (wrong + ": " + line).c_str());
  }
}

void read(std::string_view text) {
  guess_format(text, true, "x.csv");
  guess_format(text, false, "x");
  table_settings s;
  s.path = "x.csv";
  for (const bool skips : {false, true}) {
    s.skip_bad_lines = skips;
    try {
      collected rows;
      const point_table table(text, s, rows);
      write_all(table, rows);
      table.description();
    } catch (const usage_error&) {
      // What is wrong with a header or a column.
    }
  }
}

}  // namespace
}  // namespace kapacitor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kapacitor::read(kapacitor::udf::fuzz::as_text(data, size));
  return 0;
}
