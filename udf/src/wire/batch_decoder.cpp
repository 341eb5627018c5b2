#include "wire/batch_decoder.hpp"

#include "wire/cursor.hpp"
#include "wire/map_entry.hpp"
#include "wire/message_numbers.hpp"

namespace kapacitor::udf::wire {
namespace {

using enum wire_type;

}  // namespace

void batch_decoder::decode(std::string_view message, batch& b) {
  b.name_ = b.group_ = {};
  b.tags_.clear();
  b.size_ = 0;
  b.by_name_ = false;
  for (cursor in(message, "BeginBatch"); !in.done();) {
    const auto key = in.key();
    switch (key) {
      case key_of(begin_number::name, length):
        b.name_ = in.bytes();
        break;
      case key_of(begin_number::group, length):
        b.group_ = in.bytes();
        break;
      case key_of(begin_number::tags, length):
        b.tags_.push_back(read_tag(in.bytes()));
        break;
      case key_of(begin_number::size, varint):
        b.size_ = static_cast<std::int64_t>(in.varint());
        break;
      case key_of(begin_number::by_name, varint):
        b.by_name_ = in.varint() != 0;
        break;
      default:
        in.skip(key);
    }
  }
}

void batch_decoder::decode(std::string_view message, batch_end& e) {
  e.name_ = e.group_ = {};
  e.tags_.clear();
  e.tmax_ = {};
  for (cursor in(message, "EndBatch"); !in.done();) {
    const auto key = in.key();
    switch (key) {
      case key_of(end_number::name, length):
        e.name_ = in.bytes();
        break;
      case key_of(end_number::group, length):
        e.group_ = in.bytes();
        break;
      case key_of(end_number::tmax, varint):
        e.tmax_ = timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(in.varint())));
        break;
      case key_of(end_number::tags, length):
        e.tags_.push_back(read_tag(in.bytes()));
        break;
      default:
        in.skip(key);
    }
  }
}

}  // namespace kapacitor::udf::wire
