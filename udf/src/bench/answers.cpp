#include "bench/answers.hpp"

#include <algorithm>
#include <cstring>

#include <udf.pb.h>

#include "base/text/error.hpp"
#include "drive/rule.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/cursor.hpp"
#include "wire/envelope.hpp"
#include <kapacitor/udf/batch.hpp>

namespace kapacitor::udf::host::bench {
namespace {

// A data message's key and the length of its body, and the time of a point: they come first.
constexpr std::size_t enough = 2 + 5 + 1 + 10;

// First byte of the key of a Response's content; those of data have a second one, 1.
constexpr unsigned char begin_key = 0x82, point_key = 0x8a, end_key = 0x92, error_key = 0x32;

unsigned char first_byte(std::string_view message) {
  return message.empty() ? 0 : static_cast<unsigned char>(message.front());
}

}  // namespace

std::span<char> answer_counter::prepare() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  return std::span(buffer_).subspan(end_);
}

std::optional<answer_counter::head> answer_counter::next_head() const {
  std::size_t length = 0;
  for (std::size_t i = begin_; i < end_; ++i) {
    const auto byte = static_cast<unsigned char>(buffer_[i]);
    const auto shift = 7 * (i - begin_);
    if (shift > 28) {
      throw rule_violation("message-length", "the UDF announces a message of gigabytes");
    }
    length |= std::size_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return head{i + 1 - begin_, length};
  }
  return std::nullopt;
}

/// How many bytes of the message must have come to count it: all of a rare message.
std::size_t answer_counter::wanted(const head& h) const {
  const auto key = end_ - begin_ > h.prefix ? static_cast<unsigned char>(buffer_[begin_ + h.prefix])
                                            : static_cast<unsigned char>(point_key);
  const bool all = key == error_key || key == end_key;
  return h.prefix + (all ? h.length : std::min(h.length, enough));
}

void answer_counter::commit(std::size_t n) {
  end_ += n;
  const auto skipped = std::min(skip_, end_ - begin_);
  skip_ -= skipped;
  begin_ += skipped;
  while (const auto h = next_head()) {
    const auto there = end_ - begin_;
    if (there < wanted(*h)) return;
    const auto whole = h->prefix + h->length;
    const auto seen = std::min(there, whole);
    count_message({buffer_.data() + begin_ + h->prefix, seen - h->prefix}, seen == whole);
    begin_ += seen;
    skip_ = whole - seen;
  }
}

void answer_counter::count_message(std::string_view message, bool whole) {
  switch (first_byte(message)) {
    case point_key:
      return take_point(message);
    case end_key:
      return take_end(message);
    case begin_key:
      in_batch_ = true;
      return;
    case error_key: {
      ::agent::Response r;
      if (whole) r.ParseFromArray(message.data(), static_cast<int>(message.size()));
      error_ = r.error().error();
      return;
    }
    default:
      ++counts_.others;
  }
}

void answer_counter::take_point(std::string_view message) {
  ++counts_.points;
  if (!on_time || in_batch_) return;
  wire::cursor in(message.substr(2), "a Point");
  in.varint();  // length
  if (!in.done() &&
      in.varint() == wire::key_of(wire::point_number::time, wire::wire_type::varint)) {
    on_time(static_cast<std::int64_t>(in.varint()));
  }
}

void answer_counter::take_end(std::string_view message) {
  ++counts_.batches;
  in_batch_ = false;
  if (!on_time) return;
  batch_end e;
  wire::batch_decoder::decode(wire::open_envelope(message).body, e);
  on_time(e.tmax().time_since_epoch().count());
}

}  // namespace kapacitor::udf::host::bench
