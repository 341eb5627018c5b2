#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/line/parse.hpp"
#include "drive/intake.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {

/// The points of one write request, being handed over as fast as they are taken.
class write_request {
 public:
  /// Checks everything first. `error()` is then empty, or what is wrong, for the sender.
  write_request(std::string body, std::string_view query, std::string_view default_policy);

  const std::string& error() const { return error_; }
  std::uint64_t points() const { return points_; }
  /// Hands over until everything is taken, or there is no room: returns false.
  bool hand_over(intake& to);

 private:
  bool next_line();
  void check();

  std::string body_, database_, retention_policy_, error_;
  std::int64_t unit_ = 1, now_ = 0;
  std::uint64_t points_ = 0;
  std::size_t at_ = 0;
  std::string_view line_;
  std::uint64_t number_ = 0, breaks_ = 1;  // of line_: from 1, and the line breaks in it
  line_parser parser_{false, line_parser::strings::as_influxdb};
  line_point parsed_;
  point_maker points_made_;
};

}  // namespace kapacitor::udf::host
