#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/table/csv_record.hpp"
#include "base/table/table_kind.hpp"
#include "base/table/table_settings.hpp"

namespace kapacitor {

/// What the columns of a table are.
struct column_plan {
  struct tag {
    std::size_t cell;
    std::string name;
  };
  struct field {
    std::size_t cell;
    std::string name;
    column_type type = column_type::automatic;
    bool is_unsigned = false;
  };

  table_kind kind = table_kind::plain;
  std::vector<std::string> header;
  std::size_t time = 0;
  std::string measurement;                             // of all points; empty: see below
  std::optional<std::size_t> measurement_cell;         // else of this column
  std::optional<std::size_t> tag_set;                  // tags as "host=a,dc=b"
  std::optional<std::size_t> field_name, field_value;  // one field a row; `fields` is then empty
  column_type value_type = column_type::automatic;     // of that field
  bool value_is_unsigned = false;
  std::vector<tag> tags;
  std::vector<field> fields;
  std::vector<std::string> notes;  // what a user should know, such as columns that are left out
};

/// Errors: usage_error if the header lacks a column that was asked for, or names one twice
column_plan plan_columns(const csv_record& header, const table_annotations& a,
                         const table_settings& s);

}  // namespace kapacitor
