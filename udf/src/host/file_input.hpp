#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/net/asio.hpp"
#include "drive/intake.hpp"
#include "host/text_points.hpp"

namespace kapacitor::udf::host {

struct file_input_settings {
  std::string path;                        // "-": stdin
  text_settings text;                      // what is in it
  std::string database, retention_policy;  // of the points, if the text does not say
  /// When the points are handed over: 0 as fast as possible, 1 in step with their times, 2 twice
  /// as fast.
  double speed = 0;
  /// Moves the times, so that the first point is now and the distances stay.
  bool shift_to_now = false;
};

/// Reads points from a file, a pipe or a terminal, gzip or not.
///
/// Errors: start_error if the file cannot be opened; later on_failed
std::unique_ptr<input> make_file_input(asio::io_context& io, const file_input_settings& s,
                                       intake& to);

}  // namespace kapacitor::udf::host
