#include <fuzz/target.hpp>
#include <udf.pb.h>

#include "support/protobuf_oracle.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_decoder.hpp"
#include "wire/point_encoder.hpp"
#include "wire/protocol_error.hpp"
#include <kapacitor/udf/point_buffer.hpp>

// A request as bytes: where libprotobuf and we both take it, we read the same; and what we write
// of it, libprotobuf reads as the same.
namespace kapacitor::udf {
namespace {

using fuzz::require;

::agent::Point rewritten(const point& p) {
  std::vector<std::string_view> dimensions(p.dimensions().begin(), p.dimensions().end());
  const header h{p.name(), p.database(), p.retention_policy(), dimensions, p.tags(), p.by_name()};
  wire::point_parts parts;
  parts.time = p.time().time_since_epoch().count();
  parts.own_header = &h;
  parts.group = p.group();
  parts.fields = p.fields();
  wire::output_buffer out;
  wire::append_point(out, parts, wire::default_max_message);
  const auto frame = wire::first_frame(out.view(), wire::default_max_message);
  require(frame && frame->size == out.size(), "one whole frame is written");
  ::agent::Response response;
  require(response.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size())),
          "libprotobuf reads what we write");
  return response.point();
}

void compare(const wire::envelope& e, const ::agent::Request& theirs) {
  require(static_cast<int>(e.kind) == static_cast<int>(theirs.message_case()), "the same kind");
  if (e.kind == wire::message_kind::point) {
    point p;
    wire::point_decoder::decode(e.body, p);
    require(test::same(test::as_message(p), theirs.point()), "the same point");
    require(test::same(rewritten(p), theirs.point()), "the same point written");
    point_buffer kept;
    kept.push_back(p);
    require(test::same(test::as_message(kept[0]), theirs.point()), "the same point kept");
  } else if (e.kind == wire::message_kind::begin) {
    batch b;
    wire::batch_decoder::decode(e.body, b);
    require(test::same(test::as_message(b), theirs.begin()), "the same begin");
  } else if (e.kind == wire::message_kind::end) {
    batch_end end;
    wire::batch_decoder::decode(e.body, end);
    auto expected = theirs.end();
    expected.clear_byname();
    require(test::same(test::as_message(end), expected), "the same end");
  }
}

/// Without what libprotobuf keeps of fields it does not know.
::agent::Request without_unknown(::agent::Request r) {
  r.DiscardUnknownFields();
  return r;
}

void read(std::string_view message) {
  ::agent::Request theirs;
  const bool taken = theirs.ParseFromArray(message.data(), static_cast<int>(message.size()));
  try {
    const auto e = wire::open_envelope(message);
    if (taken && e.kind != wire::message_kind::none) {
      if (theirs.message_case() != ::agent::Request::MESSAGE_NOT_SET) {
        compare(e, without_unknown(std::move(theirs)));
      }
      return;
    }
    // Only we take it: for a text that is no UTF-8. It must do no harm.
    point p;
    if (e.kind == wire::message_kind::point) wire::point_decoder::decode(e.body, p);
  } catch (const wire::protocol_error&) {
    // Theirs alone: groups, several messages in one envelope.
  }
}

}  // namespace
}  // namespace kapacitor::udf

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kapacitor::udf::read(kapacitor::udf::fuzz::as_text(data, size));
  return 0;
}
