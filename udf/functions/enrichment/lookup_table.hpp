#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "functions/enrichment/cell_type.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A column of a table, and what it is called at a point.
struct column {
  std::string name, as;
  cell_type::kind type = cell_type::kind::none;  // of a field; none: what the cells fit
  bool pinned = false;                           // by the table of before, not by the option

  /// 'rack' or 'rack as rack_name'.
  static column read(const std::string& text);
  /// The same, or 'limit as limit:double' with the type int, double, bool or string.
  static column read_field(std::string text);
};

/// Which columns a table is looked up by, and which it gives.
struct table_shape {
  std::vector<column> keys, tags, fields;
  bool all_others = false;  // as tags
};

/// Rows of a CSV file with a header, by the values of their key columns.
///
/// Limits: 1,000,000 rows, 256 columns.
class lookup_table {
 public:
  static constexpr std::size_t most_rows = 1'000'000, most_columns = 256;

  struct row {
    std::span<const udf::tag> tags;
    std::span<const udf::field> fields;
  };

  /// Errors: std::runtime_error with line and column of what is wrong.
  lookup_table(std::string text, const table_shape& shape);
  lookup_table(const lookup_table&) = delete;
  lookup_table& operator=(const lookup_table&) = delete;

  /// The row of a key that join() made. Returns: false if there is none.
  bool find(std::string_view key, row& found) const;
  std::size_t size() const { return rows_.size(); }
  /// The types of the columns that are fields, in the order of the shape's.
  const std::vector<cell_type::kind>& types() const { return types_; }

  /// Appends a key's next part: its length keeps the parts apart.
  static void join(std::string& key, std::string_view part) {
    const auto n = static_cast<std::uint32_t>(part.size());
    key.push_back(static_cast<char>(n));
    key.push_back(static_cast<char>(n >> 8));
    key.push_back(static_cast<char>(n >> 16));
    key.push_back(static_cast<char>(n >> 24));
    key.append(part);
  }

 private:
  class loader;

  struct extent {
    std::uint32_t tags_end = 0, fields_end = 0, line = 0;  // begins are the ends of the one before
  };
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::string text_;                // cells are views into it
  std::vector<std::string> names_;  // of tags and fields
  std::vector<udf::tag> tags_;
  std::vector<udf::field> fields_;
  std::vector<extent> rows_;
  std::vector<cell_type::kind> types_;
  std::unordered_map<std::string, std::uint32_t, hash, std::equal_to<>> by_key_;
};

}  // namespace kapacitor::udf::functions
