#pragma once

#include <string>
#include <vector>

#include "base/options/table.hpp"
#include "base/text/logger.hpp"
#include <kapacitor/udf/option.hpp>

// Options that several commands have.
namespace kapacitor::udf::host {

/// --socket and --exec. Lifetime: of the texts, at least that of the rows
void add_where(option_group& g, std::string& socket, std::string& exec);
/// Errors: usage_error unless exactly one of the two is given
void check_where(const std::string& socket, const std::string& exec);
/// Both may be given: the command is the server of the socket. Errors: usage_error if none is given
void check_either(const std::string& socket, const std::string& exec);
/// --opt
void add_opt(option_group& g, std::vector<option>& to);
/// --log-level and --log-file
void add_log(option_group& g, log_settings& to);

}  // namespace kapacitor::udf::host
