#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf::host {

/// A point as read from a line of text.
///
/// Lifetime: views into the line and into the parser that read it; valid until it reads the next.
struct line_point {
  std::string_view name;
  std::vector<tag> tags;      // sorted by name
  std::vector<field> fields;  // in the order they came
  std::int64_t time = 0;      // ns since 1970-01-01 UTC
  bool has_time = false;      // otherwise `time` is not set
};

/// How many ns one step of a timestamp is, of a `precision` as InfluxDB names it: n or ns, u (or
/// us), ms, s, m, h; empty means ns. Returns nothing for any other.
std::optional<std::int64_t> precision_multiplier(std::string_view precision);

/// Where the line that begins at `from` ends: the place of its '\n', or npos where `text` has no
/// end of it. A newline inside a string field does not end a line.
std::size_t end_of_line(std::string_view text, std::size_t from);

/// Whether a line says nothing: blank, or a comment.
bool is_blank_or_comment(std::string_view line);

/// Reads InfluxDB's line protocol as InfluxDB 1.x does, one line at a time:
///
///     measurement[,tag=value...] field=value[,field=value...] [timestamp]
///
/// A backslash escapes a comma, a space, '=' in names and tags, and '"' and itself in strings.
/// Fields: 1.5 or 1e3 (double), 1i (int64), "text", t/T/true/True/TRUE and so on (bool).
///
/// Stricter than InfluxDB in one respect: nothing may follow the closing quote of a string, where
/// InfluxDB stores what cannot be meant.
/// Threads: one at a time. Cost: O(length); no allocation in steady state.
/// Source: InfluxDB 1.x, line protocol reference
class line_parser {
 public:
  /// Returns: empty, or what is wrong with the line; `p` is then unspecified.
  std::string_view parse(std::string_view line, std::int64_t multiplier, line_point& p);

 private:
  std::string_view parse_key(line_point& p);
  std::string_view parse_tag(line_point& p);
  std::string_view check_tags(line_point& p);
  std::string_view parse_fields(line_point& p);
  std::string_view parse_field(line_point& p);
  std::string_view parse_string(std::string_view name, line_point& p);
  std::string_view parse_time(std::int64_t multiplier, line_point& p);
  std::string_view unescape(std::string_view text, std::string_view escapable);
  void skip_whitespace();
  std::size_t step() const;
  std::size_t find_unescaped(std::string_view stops, std::size_t from) const;

  std::string_view line_;
  std::size_t at_ = 0;
  std::string unescaped_;  // never grows while a line is read: views point into it
};

}  // namespace kapacitor::udf::host
