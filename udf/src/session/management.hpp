#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/message_numbers.hpp"
#include <kapacitor/udf/function.hpp>

// The management messages of proto/udf.proto, through libprotobuf: they are rare, and have every
// shape that protobuf knows.
namespace kapacitor::udf::agent {

struct init_request {
  std::vector<option> options;
  std::string task_id, node_id;
};

/// Each reads the body of a request. Errors: wire::protocol_error
init_request read_init(std::string_view body);
std::int64_t read_keepalive(std::string_view body);
/// Returns: the snapshot, a view into `body`.
std::string_view read_restore(std::string_view body);
/// Of a supervisor. Returns: ns since 1970
std::int64_t read_time(std::string_view body);

/// Each returns an encoded Response. What is no UTF-8 in an error is replaced by '?': protobuf's
/// strings hold nothing else, and Kapacitor would refuse the whole message.
std::string info_response(const function& f);
std::string init_response(bool success, const std::string& error);
std::string keepalive_response(std::int64_t time);
std::string snapshot_response(std::string_view snapshot);
/// Empty for Kapacitor; a supervisor learns that there is something that ought to be remembered.
std::string snapshot_not_taken();
std::string wants_time(wire::time_use what);
/// To a supervisor: everything is said.
std::string ended();
std::string restore_response(bool success, const std::string& error);
std::string error_response(const std::string& error);

}  // namespace kapacitor::udf::agent
