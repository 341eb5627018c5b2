#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/table/csv_record.hpp"

namespace kapacitor {

/// The lines in front of a table of InfluxDB 2, by columns; empty where there is none. The first
/// cell of each is the annotation's name.
struct table_annotations {
  std::vector<std::string> datatype, group, fallback;  // #datatype, #group, #default

  /// Takes the record if it is one of them.
  bool take(const csv_record& record);
  bool empty() const { return datatype.empty() && group.empty() && fallback.empty(); }
  bool operator==(const table_annotations&) const = default;
};

/// Who writes tables so.
///
///   plain       a header, then rows: spreadsheets, Grafana, NAB
///   shell       `influx -format csv` of InfluxDB 1.x: name,tags,time,… with tags "host=a,dc=b"
///   flux        InfluxDB 2, annotated or not: result, table, _time, _measurement, and fields in
///               _field and _value, or pivoted
enum class table_kind { plain, shell, flux };

/// Whether a text begins as `influx` of InfluxDB 1.x prints a table for people, "name: cpu" above
/// columns that blanks align. Such a table cannot be read: blanks may also belong to a value.
inline bool is_printed_by_the_shell(std::string_view first_line) {
  return first_line.starts_with("name: ");
}

/// Of the header of a table: how it is written.
table_kind kind_of_table(const std::vector<std::string>& header, const table_annotations& a);

}  // namespace kapacitor
