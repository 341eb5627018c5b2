#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/table/column_plan.hpp"
#include "base/table/csv_record.hpp"
#include "base/table/field_column.hpp"
#include "base/table/time_column.hpp"

namespace kapacitor {

/// The rows of one table as points.
class table_layout {
 public:
  table_layout(column_plan plan, table_annotations a, time_format format);

  struct row {
    std::int64_t time = 0;     // ns
    std::uint64_t series = 0;  // a hash of measurement and tags
    bool has_fields = false;   // otherwise it is no point
  };
  /// What is wrong with a row, and where; `what` is empty if nothing is.
  struct problem {
    std::string what;
    std::size_t cell = no_cell;
    bool is_no_row = false;  // the number of cells or the time is wrong: it may be another header
  };
  static constexpr auto no_cell = static_cast<std::size_t>(-1);

  problem check(const csv_record& cells, std::uint64_t line, row& result);

  /// The row's bytes in line protocol at most, of that many in the file.
  std::size_t most(std::size_t bytes) const;
  /// The row as line protocol without its time. Returns: one past the last character.
  ///
  /// REQUIRES: check() found nothing wrong and fields; all columns are decided
  char* write(const csv_record& cells, char* out) const;

  const column_plan& plan() const { return plan_; }
  const table_annotations& annotations() const { return annotations_; }
  time_column& times() { return times_; }
  std::vector<field_column>& fields() { return fields_; }
  const std::vector<field_column>& fields() const { return fields_; }

 private:
  /// Where a field's cell is, and its row.
  struct field_place {
    std::size_t cell;
    std::uint64_t line;
    row& of;
  };

  std::string_view cell(const csv_record& cells, std::size_t i) const;
  problem check_key(const csv_record& cells, row& result) const;
  problem check_field(const csv_record& cells, field_column& f, field_place at);
  problem check_fields(const csv_record& cells, std::uint64_t line, row& result);
  const field_column* named(std::string_view name) const;
  field_column& make_named(std::string_view name);
  char* write_key(const csv_record& cells, char* out) const;

  column_plan plan_;
  table_annotations annotations_;
  time_column times_;
  std::string escaped_measurement_;
  std::vector<std::string> tag_prefixes_;
  std::vector<field_column> fields_;  // of plan_.fields, or as the rows name them
  std::map<std::string, std::size_t, std::less<>> by_name_;  // the latter
};

}  // namespace kapacitor
