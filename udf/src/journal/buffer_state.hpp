#pragma once

#include <cstddef>
#include <cstring>

#include "wire/output_buffer.hpp"
#include "wire/receive_buffer.hpp"
#include <kapacitor/udf/state.hpp>

// What has been received or is to be sent, as part of a state.

template <>
struct kapacitor::udf::state_codec<kapacitor::udf::wire::receive_buffer> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, wire::receive_buffer& b) {
    out.count(b.readable().size());
    out.raw(b.readable().data(), b.readable().size());
  }
  static void load(state_reader& in, wire::receive_buffer& b) {
    const auto bytes = in.view(in.count(1));
    b.drop_back(b.readable().size());
    if (bytes.empty()) return;
    std::memcpy(b.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    b.commit(bytes.size());
  }
};

template <>
struct kapacitor::udf::state_codec<kapacitor::udf::wire::output_buffer> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, wire::output_buffer& b) {
    out.count(b.size());
    out.raw(b.view().data(), b.size());
  }
  static void load(state_reader& in, wire::output_buffer& b) {
    b.clear();
    b.append(in.view(in.count(1)));
  }
};
