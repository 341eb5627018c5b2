#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/line/value.hpp"

namespace kapacitor {

/// Appends a point as a line of InfluxDB's line protocol, part by part, in this order:
///
///     line_writer line(text, "cpu");
///     line.tag("host", "a");             // any number
///     line.field("usage", 1.5);          // one at least
///     if (const auto why = line.end(time); !why.empty()) ...  // `text` is as it was
///
/// What line_parser reads back is what was written. For millions of points a second number.hpp and
/// batch.hpp write into memory instead.
class line_writer {
 public:
  line_writer(std::string& to, std::string_view measurement);

  /// Tags without a name or a value are left out, as InfluxDB does.
  void tag(std::string_view name, std::string_view value);
  void field(std::string_view name, const line_value& value);
  /// `time`: ns since 1970-01-01 UTC, or in the unit that the reader is told.
  ///
  /// Returns: empty, or why line protocol cannot carry this point; the text is then as it was.
  std::string_view end(std::int64_t time);

 private:
  void refuse(std::string_view why) {
    if (wrong_.empty()) wrong_ = why;
  }
  void append_key(std::string_view text);

  std::string& to_;
  std::size_t start_;
  std::string_view wrong_;
  char before_field_ = ' ';
};

}  // namespace kapacitor
