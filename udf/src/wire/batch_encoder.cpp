#include "wire/batch_encoder.hpp"

#include "wire/data_frame.hpp"
#include "wire/proto_writer.hpp"

namespace kapacitor::udf::wire {
namespace {

std::size_t size_of_batch(const batch_parts& b, std::int64_t number) {
  return size_of_text(b.name) + size_of_text(b.group) + size_of_tags(b.tags) +
         size_of_number(static_cast<std::uint64_t>(number)) + (b.by_name ? 2 : 0);
}

}  // namespace

void append_begin(output_buffer& out, const batch_parts& b, std::size_t max_message) {
  append_message(out, message_kind::begin, size_of_batch(b, b.size), max_message,
                 [&](proto_writer w) {
                   w = put_text(w, begin_number::name, b.name);
                   w = put_text(w, begin_number::group, b.group);
                   w = put_tags(w, begin_number::tags, b.tags);
                   w = put_number(w, begin_number::size, static_cast<std::uint64_t>(b.size));
                   w = put_number(w, begin_number::by_name, b.by_name);
                 });
}

void append_end(output_buffer& out, const batch_parts& b, std::size_t max_message) {
  append_message(out, message_kind::end, size_of_batch(b, b.tmax), max_message,
                 [&](proto_writer w) {
                   w = put_text(w, end_number::name, b.name);
                   w = put_text(w, end_number::group, b.group);
                   w = put_number(w, end_number::tmax, static_cast<std::uint64_t>(b.tmax));
                   w = put_tags(w, end_number::tags, b.tags);
                   w = put_number(w, end_number::by_name, b.by_name);
                 });
}

}  // namespace kapacitor::udf::wire
