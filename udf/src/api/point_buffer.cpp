#include <string_view>

#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_decoder.hpp"
#include "wire/point_encoder.hpp"
#include "wire/protocol_error.hpp"
#include <kapacitor/udf/point_buffer.hpp>

namespace kapacitor::udf {
namespace {

/// The message that a point made by an engine would have been read from.
/// Lifetime: until the next call in the same thread
std::string_view encoded(const point& p) {
  constexpr auto no_limit = ~std::size_t{0} / 2;
  thread_local wire::output_buffer buffer;
  const header own{p.name(),       p.database(), p.retention_policy(),
                   p.dimensions(), p.tags(),     p.by_name()};
  wire::point_parts parts;
  parts.time = p.time().time_since_epoch().count();
  parts.own_header = &own;
  parts.group = p.group();
  parts.fields = p.fields();
  buffer.clear();
  wire::append_point(buffer, parts, no_limit);
  return wire::open_envelope(wire::first_frame(buffer.view(), no_limit)->message).body;
}

}  // namespace

void point_buffer::push_back(const point& p) {
  bytes_.append(p.encoded_.empty() ? encoded(p) : p.encoded_);
  ends_.push_back(bytes_.size());
}

const point& point_buffer::operator[](std::size_t i) {
  const auto begin = i == 0 ? 0 : ends_.at(i - 1);
  wire::point_decoder::decode(std::string_view(bytes_).substr(begin, ends_.at(i) - begin),
                              current_);
  return current_;
}

void point_buffer::clear() {
  bytes_.clear();
  ends_.clear();
}

void state_codec<point_buffer>::save(state_writer& out, point_buffer& x) {
  out.count(x.ends_.size());
  std::size_t begin = 0;
  for (const auto end : x.ends_) {
    out.count(end - begin);
    out.raw(x.bytes_.data() + begin, end - begin);
    begin = end;
  }
}

void state_codec<point_buffer>::load(state_reader& in, point_buffer& x) {
  x.clear();
  for (auto left = in.count(1); left > 0; --left) {
    x.bytes_ += in.view(in.count(1));
    x.ends_.push_back(x.bytes_.size());
    try {
      static_cast<void>(x[x.size() - 1]);
    } catch (const wire::protocol_error&) {
      throw state_error("the snapshot has a point that is none");
    }
  }
}

}  // namespace kapacitor::udf
