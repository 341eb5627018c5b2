#include "base/influxdb/write_path.hpp"

#include "base/influxdb/url.hpp"

namespace kapacitor {
namespace {

void add(std::string& path, const char* name, const std::string& value) {
  if (!value.empty()) path += name + percent_encoded(value);
}

}  // namespace

std::string write_path(const write_destination& to) {
  if (to.speaks == protocol::influxdb && to.api == api_version::v2) {
    auto path = "/api/v2/write?org=" + percent_encoded(to.organisation);
    add(path, "&bucket=", to.bucket);
    add(path, "&precision=", to.precision);
    return path;
  }
  std::string path = to.speaks == protocol::kapacitor ? "/kapacitor/v1/write" : "/write";
  path += "?db=" + percent_encoded(to.database);
  // Kapacitor takes a write without a policy as well, and gives it to no task.
  add(path, "&rp=", to.retention_policy);
  add(path, "&precision=", to.precision);
  if (to.speaks == protocol::influxdb) add(path, "&consistency=", to.consistency);
  return path;
}

}  // namespace kapacitor
