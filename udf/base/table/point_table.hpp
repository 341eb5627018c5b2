#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/table/csv_reader.hpp"
#include "base/table/table_layout.hpp"
#include "base/table/table_settings.hpp"

namespace kapacitor {

/// Takes the points of a table, in the order of the file.
class point_sink {
 public:
  virtual ~point_sink() = default;
  /// A point, its record, and a hash of its measurement and tags. Time in ns
  virtual void add(std::int64_t time, std::string_view record, std::uint64_t series) = 0;
  /// A row whose fields are all empty.
  virtual void add_without_fields() = 0;
  /// A row that is no point. It may throw
  virtual void bad(std::uint64_t line, std::string_view what) = 0;
  /// All points come once more, from the first.
  virtual void restart() = 0;
};

/// What became of a field, or of a column of a table.
struct field_description {
  std::string measurement;  // empty: of all
  std::string name;
  std::string type;  // "float", "int", "bool", "string"; "float, written as 1,721.5"
};

/// How a table is written, as it was decided.
struct table_description {
  std::string dialect;  // "comma", "semicolon", …, and who writes so
  std::string times;    // column and format
  std::size_t tables = 0;
  std::vector<field_description> fields;
  std::vector<std::string> warnings;
};

/// A text of tables as points: CSV of spreadsheets, Grafana, InfluxDB 1.x's shell and InfluxDB 2,
/// which may have several tables in one text.
///
/// What a column is, how it writes numbers and times, is decided over all its cells.
///
/// Lifetime: text and settings must outlive it. Threads: any, once read
class point_table {
 public:
  /// Errors: usage_error "FILE:LINE: …" for a header that does not go with the settings, or a
  /// column
  ///         that has no one type; whatever the sink throws
  point_table(std::string_view text, const table_settings& s, point_sink& to);

  /// What a row may take as line protocol at most.
  std::size_t most(std::string_view record) const { return of(record).most(record.size()); }
  /// The row as line protocol without a time; returns one past the last character.
  char* write(std::string_view record, csv_record& memory, char* out) const;

  table_description description() const;
  /// Of all points, and their first field, if the table has one measurement and a column a field.
  const std::string& measurement() const { return layouts_.front()->plan().measurement; }
  std::string first_field() const;

 private:
  struct span {
    std::size_t begin;  // in text_, of the first record
    table_layout* layout;
  };

  void read(point_sink& to);
  void take_record(csv_reader& in, point_sink& to);
  bool take_header(csv_reader& in);
  bool looks_like_header(const csv_record& record) const;
  void begin_table(csv_reader& in);
  table_layout& layout_for(const csv_record& header);
  void find_time_format(const csv_reader& from, table_layout& layout);
  bool decide();
  column_profile::hints hints() const;
  void report(const field_column& f, const field_column::decision& d);
  [[noreturn]] void fail(std::uint64_t line, const std::string& what) const;
  const table_layout& of(std::string_view record) const;

  std::string_view text_;
  const table_settings& settings_;
  csv_dialect dialect_;
  std::vector<std::unique_ptr<table_layout>> layouts_;
  std::vector<span> spans_;
  table_annotations annotations_;  // of the table that is to come
  std::vector<std::string> warnings_;
};

}  // namespace kapacitor
