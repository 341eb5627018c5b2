#include "session/management.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <udf.pb.h>

#include "base/text/encoding.hpp"
#include "wire/cursor.hpp"
#include "wire/message_numbers.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::agent {
namespace {

template <class Message>
Message parsed(std::string_view body, const char* name) {
  const google::protobuf::LogSilencer silence;  // would write to stderr by itself
  Message message;
  if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    throw wire::protocol_error(std::string(name) + " is damaged");
  }
  return message;
}

// A map is otherwise written in an order that changes from one message to the next.
std::string same_bytes_every_time(const ::agent::Response& response) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  response.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

::agent::EdgeType to_wire(edge e) {
  return e == edge::stream ? ::agent::STREAM : ::agent::BATCH;
}

::agent::ValueType to_wire(value_type type) {
  switch (type) {
    case value_type::boolean:
      return ::agent::BOOL;
    case value_type::integer:
      return ::agent::INT;
    case value_type::floating:
      return ::agent::DOUBLE;
    case value_type::string:
      return ::agent::STRING;
    case value_type::duration:
      return ::agent::DURATION;
  }
  return ::agent::BOOL;
}

/// A Response that udf.proto does not have: with one message, of one small number.
std::string with_number(wire::message_kind kind, std::uint32_t field, std::uint8_t value) {
  using wire::key_of, wire::wire_type;
  return {static_cast<char>(key_of(static_cast<std::uint32_t>(kind), wire_type::length)), '\2',
          static_cast<char>(key_of(field, wire_type::varint)), static_cast<char>(value)};
}

option_value from_wire(const ::agent::OptionValue& v) {
  switch (v.value_case()) {
    case ::agent::OptionValue::kBoolValue:
      return v.boolvalue();
    case ::agent::OptionValue::kIntValue:
      return v.intvalue();
    case ::agent::OptionValue::kDoubleValue:
      return v.doublevalue();
    case ::agent::OptionValue::kStringValue:
      return v.stringvalue();
    case ::agent::OptionValue::kDurationValue:
      return std::chrono::nanoseconds(v.durationvalue());
    case ::agent::OptionValue::VALUE_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

init_request read_init(std::string_view body) {
  const auto message = parsed<::agent::InitRequest>(body, "InitRequest");
  init_request request;
  request.task_id = message.taskid();
  request.node_id = message.nodeid();
  for (const auto& o : message.options()) {
    option use{o.name(), {}};
    for (const auto& v : o.values()) use.values.push_back(from_wire(v));
    request.options.push_back(std::move(use));
  }
  return request;
}

std::int64_t read_keepalive(std::string_view body) {
  return parsed<::agent::KeepaliveRequest>(body, "KeepaliveRequest").time();
}

// Without libprotobuf, which would copy what may be hundreds of megabytes.
std::string_view read_restore(std::string_view body) {
  std::string_view snapshot;
  for (wire::cursor in(body, "RestoreRequest"); !in.done();) {
    const auto key = in.key();
    if (key == wire::key_of(wire::snapshot_number::bytes, wire::wire_type::length)) {
      snapshot = in.bytes();
    } else {
      in.skip(key);
    }
  }
  return snapshot;
}

std::int64_t read_time(std::string_view body) {
  std::int64_t time = 0;
  for (wire::cursor in(body, "the time"); !in.done();) {
    const auto key = in.key();
    if (key == wire::key_of(wire::time_number::time, wire::wire_type::varint)) {
      time = static_cast<std::int64_t>(in.varint());
    } else {
      in.skip(key);
    }
  }
  return time;
}

std::string info_response(const function& f) {
  ::agent::Response response;
  auto& info = *response.mutable_info();
  info.set_wants(to_wire(f.wants));
  info.set_provides(to_wire(f.provides));
  for (const auto& o : f.options) {
    auto& types = (*info.mutable_options())[o.name];
    for (const auto type : o.types) types.add_valuetypes(to_wire(type));
  }
  return same_bytes_every_time(response);
}

std::string init_response(bool success, const std::string& error) {
  ::agent::Response response;
  response.mutable_init()->set_success(success);
  response.mutable_init()->set_error(valid_utf8(error));
  return response.SerializeAsString();
}

std::string keepalive_response(std::int64_t time) {
  ::agent::Response response;
  response.mutable_keepalive()->set_time(time);
  return response.SerializeAsString();
}

std::string snapshot_response(std::string_view snapshot) {
  ::agent::Response response;
  response.mutable_snapshot()->set_snapshot(std::string(snapshot));
  return response.SerializeAsString();
}

std::string snapshot_not_taken() {
  return with_number(wire::message_kind::snapshot, wire::snapshot_number::not_taken, 1);
}

std::string wants_time(wire::time_use what) {
  return with_number(wire::message_kind::wants_time, wire::wants_time_number::what,
                     static_cast<std::uint8_t>(what));
}

std::string ended() {
  using wire::key_of, wire::wire_type;
  constexpr auto number = static_cast<std::uint32_t>(wire::message_kind::ended);
  return {static_cast<char>(key_of(number, wire_type::length)), '\0'};
}

std::string restore_response(bool success, const std::string& error) {
  ::agent::Response response;
  response.mutable_restore()->set_success(success);
  response.mutable_restore()->set_error(valid_utf8(error));
  return response.SerializeAsString();
}

std::string error_response(const std::string& error) {
  ::agent::Response response;
  response.mutable_error()->set_error(valid_utf8(error));
  return response.SerializeAsString();
}

}  // namespace kapacitor::udf::agent
