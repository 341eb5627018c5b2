#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/line/parse.hpp"
#include "base/table/point_table.hpp"
#include "replay/fields_seen.hpp"
#include "replay/settings.hpp"

namespace kapacitor::generator {

/// Where a point stands in a file: 24 bytes.
struct index_entry {
  std::int64_t time = 0;     // ns, as the file has it
  std::uint64_t offset = 0;  // bytes, of what write() needs
  std::uint32_t length = 0;
  std::uint32_t series = 0;  // a hash of measurement and tags
};

/// Where points belong, as a file says; both empty if it does not.
struct replay_place {
  std::string database, retention_policy;
  std::uint64_t points = 0;
};

/// What a file holds.
struct replay_description {
  file_format format{};
  std::string name_warning;  // "its name …": it says another format; else empty
  std::uint64_t points = 0;
  std::uint64_t series = 0;
  bool all_series_counted = true;      // otherwise there are that many at least
  std::int64_t first = 0, last = 0;    // ns
  std::int64_t median_interval = 0;    // ns, between points of different times; 0: there are none
  bool sorted = true;                  // by time; points are replayed in that order in any case
  std::vector<replay_place> places;    // that the file names, those left out as well
  std::uint64_t bad_lines = 0;         // that were left out
  std::vector<std::string> first_bad;  // "FILE:LINE: what is wrong", of the first few
  std::uint64_t without_fields = 0;    // rows of CSV whose cells are all empty
  table_description table;             // of CSV: how it is written, with its fields
};

/// Several lines of text for people.
std::string to_text(const replay_description& d);

/// Collects the points of a file.
///
/// Errors: usage_error "FILE:LINE: ..." for a bad line, unless these are to be left out
class index_builder final : public point_sink {
 public:
  index_builder(const replay_settings& s, std::string_view text);

  /// Room for that many points, which costs nothing before they come.
  void reserve(std::size_t points) { entries_.reserve(points); }
  /// Where the points that follow belong.
  void set_place(std::string_view database, std::string_view retention_policy);
  /// A point; `part` is a piece of the text.
  void add(std::int64_t time, std::string_view part, std::uint64_t series) override;
  void add_without_fields() override { ++description_.without_fields; }
  void bad(std::uint64_t line, std::string_view what) override;
  void restart() override;
  /// The fields of a point of line protocol.
  void look(const line_point& p) {
    if (wanted_) fields_.take(p);
  }

  /// Sorts by time; what came first stays first among equals. Errors: usage_error if no point
  /// is left
  std::vector<index_entry> finish(replay_description& d);

 private:
  bool wanted(std::string_view database, std::string_view retention_policy) const;
  void count_series(std::uint64_t series);

  const replay_settings& settings_;
  std::string_view text_;
  std::vector<index_entry> entries_;
  replay_description description_;
  std::size_t place_ = SIZE_MAX;  // of the points that come; SIZE_MAX: none is named
  bool wanted_ = true;
  fields_seen fields_;
  std::unordered_set<std::uint64_t> series_;
  std::uint64_t last_series_ = 0;
};

}  // namespace kapacitor::generator
