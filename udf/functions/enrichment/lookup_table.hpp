#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "functions/enrichment/column.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

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
  /// The types of the fields' columns, in the order of the shape's; any: the column is empty.
  const std::vector<field_type>& types() const { return types_; }
  /// What a user should know of the columns of fields: "addField 'n' is text, …".
  const std::vector<std::string>& warnings() const { return warnings_; }

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

  std::string text_;              // cells are views into it
  std::deque<std::string> kept_;  // and into these, where a cell has doubled quotes
  std::vector<std::string> warnings_;
  std::vector<std::string> names_;  // of tags and fields
  std::vector<udf::tag> tags_;
  std::vector<udf::field> fields_;
  std::vector<field_type> types_;
  std::vector<extent> rows_;
  std::unordered_map<std::string, std::uint32_t, hash, std::equal_to<>> by_key_;
};

}  // namespace kapacitor::udf::functions
