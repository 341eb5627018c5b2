#pragma once

#include <string>
#include <string_view>

#include <wire/frame.hpp>
#include <wire/output_buffer.hpp>
#include <wire/point_codec.hpp>

namespace kapacitor::udf::host::check {

/// An encoded message behind its length, as it travels.
inline std::string frame_of(std::string_view message) {
  wire::output_buffer out;
  wire::append_frame(out, message, wire::default_max_message);
  return std::string(out.view());
}

}  // namespace kapacitor::udf::host::check
