#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/line/parse.hpp"
#include "base/line/text_lines.hpp"

namespace kapacitor {

/// How points are written in a text.
///
///   lines      line protocol
///   recording  Kapacitor's .srpl: three lines for each point, database, retention policy, point
enum class text_format { lines, recording };

/// Empty, or why Kapacitor cannot hand the point of this line to a UDF, whose protocol has no other
/// texts than UTF-8; its task ends then.
std::string why_no_udf_takes(std::string_view line);

/// Reads points from text that is there as a whole, or comes piece by piece. No I/O.
///
/// Cost: no allocation for a point in steady state
class point_reader {
 public:
  struct settings {
    text_format format = text_format::lines;
    std::int64_t unit = 1;  // ns for one step of a timestamp
    /// Asked about each line of text_format::lines first: lines for which it returns true are
    /// skipped, as blank lines and comments are. May be empty.
    std::function<bool(std::string_view line)> skips{};
    /// A byte order mark at the beginning of a line is skipped, as files have it, also files that
    /// were put together.
    bool is_file = false;
    bool unsigned_integers = false;  // 5u is a value: see line_parser
    /// Whether points must be UTF-8, as Kapacitor's protocol for UDFs demands; InfluxDB takes any
    /// bytes.
    bool utf8 = false;
  };

  /// Text comes by feed().
  explicit point_reader(settings s)
      : settings_(std::move(s)), parser_(settings_.unsigned_integers) {}
  /// Lifetime: that of the text
  point_reader(settings s, std::string_view whole)
      : settings_(std::move(s)), lines_(whole), parser_(settings_.unsigned_integers) {}

  /// Adds text.
  void feed(std::string_view text) { lines_.feed(text); }
  /// There is no more text: the last line may lack its end.
  void finish() { lines_.finish(); }

  /// more: feed() is needed; end: after finish(), everything has been read.
  enum class step { point, invalid, more, end };
  step next();

  /// After step::point. Lifetime: until next() or feed()
  const line_point& point() const { return point_; }
  /// Of a recording, after step::point and step::invalid. Lifetime: until next() or feed()
  std::string_view database() const { return database_; }
  std::string_view retention_policy() const { return retention_policy_; }
  /// After step::point and step::invalid: the number of its line, from 1.
  std::uint64_t line_number() const { return lines_.number(); }
  /// After step::point and step::invalid: the line itself. Lifetime: until next() or feed()
  std::string_view line() const;
  /// After step::invalid: what is wrong with the line, and what is allowed.
  const std::string& error() const { return error_; }

 private:
  bool read_heading();
  step next_recorded();
  step read_point();
  step invalid(std::string why);

  settings settings_;
  text_lines lines_{};
  line_parser parser_;
  line_point point_;
  std::string error_;
  int heading_ = 0;  // lines of the recording's heading that were read
  std::string database_, retention_policy_;
};

}  // namespace kapacitor
