#pragma once

#include <memory>
#include <string>

#include "base/net/asio.hpp"
#include "drive/totals.hpp"
#include "host/output.hpp"

namespace kapacitor::udf::host {

/// Writes JSON lines (json_line.hpp) to a file, or to stdout with "-".
///
/// A pipe or terminal that is slow holds up nothing else but, once 1 MiB waits, the UDF's output.
/// Errors: start_error if the file cannot be opened
std::unique_ptr<output> make_file_output(asio::io_context& io, const std::string& path,
                                         totals& counts);

}  // namespace kapacitor::udf::host
