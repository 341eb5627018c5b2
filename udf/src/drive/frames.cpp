#include "drive/frames.hpp"

#include <limits>

#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/message_numbers.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::host {

std::uint64_t points_in(std::string_view frames, std::size_t from) {
  std::uint64_t points = 0;
  std::size_t at = 0;
  while (const auto frame =
             wire::first_frame(frames.substr(at), std::numeric_limits<std::size_t>::max() / 2)) {
    at += frame->size;
    const bool is_point = wire::open_envelope(frame->message).kind == wire::message_kind::point;
    points += is_point && at > from;
  }
  return points;
}

std::string framed(std::string_view request) {
  wire::output_buffer out;
  wire::append_frame(out, request, std::numeric_limits<std::size_t>::max());
  return std::string(out.view());
}

}  // namespace kapacitor::udf::host
