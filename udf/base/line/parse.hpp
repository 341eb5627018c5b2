#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/line/value.hpp"

namespace kapacitor {

/// A point as read from a line of text.
///
/// Lifetime: views into the line and into the parser that read it; valid until it reads the next.
struct line_point {
  std::string_view name;
  std::vector<line_tag> tags;      // sorted by name
  std::vector<line_field> fields;  // in the order they came
  std::int64_t time = 0;           // ns since 1970-01-01 UTC
  bool has_time = false;           // otherwise `time` is not set

  std::string_view key;   // measurement and tags, as written
  std::string_view head;  // everything before the time, as written
};

/// How many ns one step of a timestamp is, of a `precision` as InfluxDB names it: n or ns, u (or
/// us), ms, s, m, h; empty means ns. Returns nothing for any other.
std::optional<std::int64_t> unit_of_precision(std::string_view precision);

inline constexpr std::size_t longest_key = 65535;  // InfluxDB's limit: measurement and tags, bytes

/// Reads InfluxDB's line protocol as InfluxDB 1.x does, one line at a time:
///
///     measurement[,tag=value...] field=value[,field=value...] [timestamp]
///
/// A backslash escapes a comma, a space, '=' in names and tags, and '"' and itself in strings.
/// Fields: 1.5 or 1e3 (double), 1i (int64), "text", t/T/true/True/TRUE and so on (bool). NUL is
/// white space between the parts, and a character like any other in names and strings.
///
/// Stricter than InfluxDB in one respect, unless it is told otherwise: nothing may follow the
/// closing quote of a string; from `v="a"b` InfluxDB stores `a"`, which nobody can mean.
///
/// Threads: one at a time. Cost: O(length); no allocation in steady state.
/// Source: InfluxDB 1.x, line protocol reference; influxd 1.6.7 was asked for what that leaves open
class line_parser {
 public:
  enum class strings {
    strict,
    as_influxdb  // `v="a "b" c"` is the text `a "b" c`
  };
  /// `unsigned_integers`: 5u is a value, as InfluxDB 2 has it. Nothing here holds one: the field's
  /// value is then an int64, or a double if it is larger.
  explicit line_parser(bool unsigned_integers = false, strings s = strings::strict)
      : unsigned_integers_(unsigned_integers), strings_(s) {}

  /// `unit`: ns for one step of the timestamp.
  ///
  /// Returns: empty, or what is wrong with the line and what is allowed; `p` is then unspecified.
  std::string parse(std::string_view line, std::int64_t unit, line_point& p);

 private:
  std::string parse_key(line_point& p);
  std::string parse_tag(line_point& p);
  std::string check_tags(line_point& p) const;
  std::string parse_fields(line_point& p);
  std::string parse_field(line_point& p);
  std::string parse_string(std::string_view name, line_point& p);
  std::string parse_loose_string(std::string_view name, line_point& p);
  std::string parse_time(std::int64_t unit, line_point& p);
  std::string_view unescape(std::string_view text, std::string_view escapable);
  void skip_space();
  bool at_any_of(std::string_view stops) const;
  std::size_t step() const;
  std::size_t find_unescaped(std::string_view stops, std::size_t from) const;

  std::string no_value(std::string_view name, std::string_view text, line_point& p) const;

  bool unsigned_integers_;
  strings strings_;
  std::string_view line_;
  std::size_t at_ = 0;
  std::string unescaped_;  // never grows while a line is read: views point into it
};

}  // namespace kapacitor
