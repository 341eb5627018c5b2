#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <udf.pb.h>

#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include <kapacitor/udf/option.hpp>

// What Kapacitor says, made with libprotobuf.
namespace kapacitor::udf::test {

/// The message behind its length, as it travels.
inline std::string frame_of(const google::protobuf::MessageLite& message) {
  wire::output_buffer out;
  wire::append_frame(out, message.SerializeAsString(), std::size_t{1} << 30);
  return std::string(out.view());
}

inline ::agent::Request info_request() {
  ::agent::Request r;
  r.mutable_info();
  return r;
}

inline void set_value(::agent::OptionValue& to, const option_value& from) {
  if (const auto* b = from.get_if<bool>()) {
    to.set_type(::agent::BOOL);
    to.set_boolvalue(*b);
  } else if (const auto* i = from.get_if<std::int64_t>()) {
    to.set_type(::agent::INT);
    to.set_intvalue(*i);
  } else if (const auto* d = from.get_if<double>()) {
    to.set_type(::agent::DOUBLE);
    to.set_doublevalue(*d);
  } else if (const auto* s = from.get_if<std::string>()) {
    to.set_type(::agent::STRING);
    to.set_stringvalue(*s);
  } else if (const auto* t = from.get_if<std::chrono::nanoseconds>()) {
    to.set_type(::agent::DURATION);
    to.set_durationvalue(t->count());
  }
}

inline ::agent::Request init_request(const std::vector<option>& options,
                                     const std::string& task = "task",
                                     const std::string& node = "udf2") {
  ::agent::Request r;
  auto& init = *r.mutable_init();
  init.set_taskid(task);
  init.set_nodeid(node);
  for (const auto& o : options) {
    auto& one = *init.add_options();
    one.set_name(o.name);
    for (const auto& v : o.values) set_value(*one.add_values(), v);
  }
  return r;
}

inline ::agent::Request keepalive_request(std::int64_t time) {
  ::agent::Request r;
  r.mutable_keepalive()->set_time(time);
  return r;
}

inline ::agent::Request snapshot_request() {
  ::agent::Request r;
  r.mutable_snapshot();
  return r;
}

inline ::agent::Request restore_request(const std::string& snapshot) {
  ::agent::Request r;
  r.mutable_restore()->set_snapshot(snapshot);
  return r;
}

/// A point of a stream, grouped by host, with one field "value".
inline ::agent::Request point_request(const std::string& host, std::int64_t time, double value) {
  ::agent::Request r;
  auto& p = *r.mutable_point();
  p.set_time(time);
  p.set_name("cpu");
  p.set_database("telegraf");
  p.set_retentionpolicy("autogen");
  p.set_group("host=" + host);
  p.add_dimensions("host");
  (*p.mutable_tags())["host"] = host;
  (*p.mutable_fieldsdouble())["value"] = value;
  return r;
}

}  // namespace kapacitor::udf::test
