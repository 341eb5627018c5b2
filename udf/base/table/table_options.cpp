#include "base/table/table_options.hpp"

#include <string>
#include <utility>

namespace kapacitor {
namespace {

constexpr choice<std::optional<bool>> decimal_marks[] = {
    {"auto", std::nullopt}, {"point", false}, {"comma", true}};

}  // namespace

void add_table_options(option_group& g, std::optional<file_format>& format, table_settings& s) {
  g.add("format", choice_value(format, file_formats()), "what the file is").by_default("auto");
  g.add("time-format", choice_value(s.time, time_formats),
        "of its times; auto: CSV by the file, else ns");
  g.add("time-column", text_value("NAME", s.time_column), "of CSV")
      .by_default("timestamp, time, ... or the first");
  g.add("field",
        parsed_values(
            "COLUMN[:TYPE][=NAME],...", [&s] { s.fields.clear(); },
            [&s](const std::string& t) {
              for (auto& f : parse_field_map(t)) s.fields.push_back(std::move(f));
            }),
        "columns of CSV that become fields; TYPE: float, int, bool, string")
      .by_default("all others");
  g.add("tag",
        parsed_values(
            "COLUMN[=NAME]", [&s] { s.tags.clear(); },
            [&s](const std::string& t) { s.tags.push_back(parse_tag(t)); }),
        "a column of CSV that becomes a tag");
  g.add("decimal", choice_value(s.decimal_comma, decimal_marks), "decimal mark of numbers in CSV")
      .by_default("auto");
}

}  // namespace kapacitor
