#include "drive/requests.hpp"

#include <variant>

#include <udf.pb.h>

namespace kapacitor::udf::host {
namespace {

struct set_value {
  ::agent::OptionValue& to;
  void operator()(std::monostate) const { to.set_type(::agent::BOOL); }  // a lambda: no value
  void operator()(bool x) const { to.set_type(::agent::BOOL), to.set_boolvalue(x); }
  void operator()(std::int64_t x) const { to.set_type(::agent::INT), to.set_intvalue(x); }
  void operator()(double x) const { to.set_type(::agent::DOUBLE), to.set_doublevalue(x); }
  void operator()(const std::string& x) const {
    to.set_type(::agent::STRING), to.set_stringvalue(x);
  }
  void operator()(std::chrono::nanoseconds x) const {
    to.set_type(::agent::DURATION), to.set_durationvalue(x.count());
  }
};

}  // namespace

std::string info_request() {
  ::agent::Request request;
  request.mutable_info();
  return request.SerializeAsString();
}

std::string init_request(const std::vector<option>& options, const std::string& task_id,
                         const std::string& node_id) {
  ::agent::Request request;
  auto& init = *request.mutable_init();
  init.set_taskid(task_id);
  init.set_nodeid(node_id);
  for (const auto& given : options) {
    auto& to = *init.add_options();
    to.set_name(given.name);
    for (const auto& v : given.values) std::visit(set_value{*to.add_values()}, v.held());
  }
  return request.SerializeAsString();
}

std::string keepalive_request(std::int64_t time) {
  ::agent::Request request;
  request.mutable_keepalive()->set_time(time);
  return request.SerializeAsString();
}

std::string snapshot_request() {
  ::agent::Request request;
  request.mutable_snapshot();
  return request.SerializeAsString();
}

std::string restore_request(std::string_view snapshot) {
  ::agent::Request request;
  request.mutable_restore()->set_snapshot(std::string(snapshot));
  return request.SerializeAsString();
}

}  // namespace kapacitor::udf::host
