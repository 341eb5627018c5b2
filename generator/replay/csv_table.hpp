#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "replay/csv_row.hpp"
#include "replay/settings.hpp"

namespace kapacitor::generator {

/// What the columns of a CSV file become.
///
/// Errors: usage_error if the header lacks a column that was asked for
class csv_table {
 public:
  csv_table(const csv_row& header, const replay_settings& s);

  struct checked {
    std::int64_t time = 0;     // ns
    std::uint64_t series = 0;  // a hash of the tags
    bool has_fields = false;   // otherwise it is no point
  };
  /// Reads a row for the first time; columns learn their types from it.
  ///
  /// Returns: empty, or what is wrong and what is allowed.
  std::string check(const csv_row& row, checked& result);

  /// What a row may take at most as line protocol, in bytes, of that many bytes in the file.
  std::size_t most(std::size_t bytes) const { return fixed_ + 2 * bytes; }
  /// The row as line protocol without a time; returns one past the last character.
  ///
  /// REQUIRES: check() found nothing wrong and fields
  char* write(const csv_row& row, char* out) const;

  const std::string& measurement() const { return measurement_; }
  const std::string& first_field() const { return fields_.front().name; }

 private:
  struct column {
    std::size_t cell;
    std::string name;
    std::string prefix;  // "name=", escaped
    column_type type = column_type::automatic;
  };

  std::size_t find(std::string_view name, std::string_view what) const;
  std::size_t find_time(const replay_settings& s) const;
  void choose_fields(const replay_settings& s);
  void add_field(std::size_t cell, const std::string& name, column_type type);
  std::string check_tags(const csv_row& row, std::uint64_t& series) const;

  std::vector<std::string> header_;
  std::string measurement_, escaped_measurement_;
  time_format time_format_;
  std::size_t time_;
  std::vector<column> tags_, fields_;
  std::size_t fixed_ = 0;  // bytes of a line that are no cells
};

/// A measurement for the points of a file: its name without folder and extensions, and with '_' for
/// what would need quotes.
std::string measurement_of(const std::string& path);

}  // namespace kapacitor::generator
