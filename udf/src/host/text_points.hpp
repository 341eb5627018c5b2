#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "drive/input_point.hpp"
#include "host/line_protocol.hpp"

namespace kapacitor::udf::host {

/// How points are written in a file.
///
///   lines      line protocol
///   recording  Kapacitor's .srpl: three lines for each point, database, retention policy, point
enum class text_format { lines, recording };

/// Reads points from text that comes piece by piece. No I/O.
///
/// Lines may end with CR LF. A point without a time has the present one.
class text_points {
 public:
  struct settings {
    text_format format = text_format::lines;
    std::int64_t multiplier = 1;             // ns for one step of a timestamp
    std::string database, retention_policy;  // of `lines`
  };
  explicit text_points(const settings& s) : settings_(s) {}

  /// Adds text.
  void feed(std::string_view text);
  /// There is no more text: the last line may lack its end.
  void finish() { finished_ = true; }

  /// more: feed() is needed; end: after finish(), everything has been read.
  enum class step { point, invalid, more, end };
  step next();

  /// After step::point. Lifetime: until next() or feed()
  const input_point& point() const { return point_; }
  /// After step::invalid: which line, from 1, and what is wrong.
  std::uint64_t line_number() const { return number_; }
  std::string_view error() const { return error_; }

 private:
  bool next_line(bool quoted);
  bool read_heading();
  step read_point();

  settings settings_;
  std::string text_;
  std::size_t at_ = 0;
  bool finished_ = false;
  std::uint64_t number_ = 0, lines_before_ = 0;
  std::string_view line_;
  line_parser parser_;
  line_point parsed_;
  input_point point_;
  std::string_view error_;
  int heading_ = 0;  // lines of the recording's heading that were read
  std::string database_, retention_policy_;
};

}  // namespace kapacitor::udf::host
