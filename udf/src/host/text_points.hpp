#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/line/export_headings.hpp"
#include "base/line/point_reader.hpp"
#include "base/table/file_format.hpp"
#include "base/table/point_table.hpp"
#include "base/text/held_text.hpp"

namespace kapacitor::udf::host {

struct text_settings {
  table_settings table;                      // its path names the text in messages
  std::optional<file_format> format;         // empty: by the content
  std::int64_t unit = 1;                     // ns for one step of a timestamp of line protocol
  bool utf8 = false;                         // what is no UTF-8 is invalid: see point_reader
  std::size_t most_held = most_held_text();  // bytes of a table
};

/// Reads the points of a text in any format, which comes piece by piece. Tables are read as a
/// whole, and their points come in the order of time; those of the other formats as they stand.
class text_points {
 public:
  explicit text_points(text_settings s);
  ~text_points();
  text_points(const text_points&) = delete;
  text_points& operator=(const text_points&) = delete;

  /// Adds text. Errors: usage_error for what is no text, or for a table that cannot be read
  void feed(std::string_view text);
  /// There is no more text. Errors: as feed()
  void finish();

  using step = point_reader::step;
  step next();

  /// After step::point. Lifetime: until next() or feed()
  const line_point& point() const { return reader_->point(); }
  /// After step::point: where the text says that the point belongs; empty if it does not.
  std::string_view database() const;
  std::string_view retention_policy() const;
  /// After step::invalid
  std::uint64_t line_number() const;
  /// The line itself; of a bad row empty.
  std::string_view line() const {
    return in_bad_row_ || !reader_ ? std::string_view() : reader_->line();
  }
  const std::string& error() const;
  /// Once it is known.
  std::optional<file_format> format() const { return settings_.format; }
  /// "its name …": the name says another format than the content; else empty.
  const std::string& name_warning() const { return name_warning_; }
  /// Rows of a table that are no points, because their fields are empty, or NaN, n/a and the like.
  std::uint64_t rows_without_fields() const;
  /// How the table is written; empty if it is none, or not read yet.
  std::optional<table_description> description() const;

 private:
  class rows;

  void guess(bool whole);
  void begin();
  void read_table();
  bool feed_rows();
  bool is_table() const {
    return settings_.format == file_format::csv || settings_.format == file_format::nab;
  }

  text_settings settings_;
  std::string name_warning_;
  std::string pending_;  // until the format is known; of a table all of it
  export_headings headings_;
  std::optional<point_reader> reader_;
  std::unique_ptr<rows> rows_;  // of a table
  std::optional<point_table> table_;
  bool in_bad_row_ = false;
};

}  // namespace kapacitor::udf::host
