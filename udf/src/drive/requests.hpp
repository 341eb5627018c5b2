#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/option.hpp>

// The management messages that Kapacitor sends, through libprotobuf: they are rare.
// Each returns an encoded Request, to be framed.
namespace kapacitor::udf::host {

std::string info_request();
std::string init_request(const std::vector<option>& options, const std::string& task_id,
                         const std::string& node_id);
std::string keepalive_request(std::int64_t time);
std::string snapshot_request();
std::string restore_request(std::string_view snapshot);

}  // namespace kapacitor::udf::host
