#include "connect/udf_options.hpp"

#include "base/text/error.hpp"
#include "drive/option_value.hpp"

namespace kapacitor::udf::host {

void add_where(option_group& g, std::string& socket, std::string& exec) {
  g.add("socket", text_value("PATH", socket), "UNIX socket of the UDF; @NAME: abstract");
  g.add("exec", text_value("COMMAND", exec),
        "command, run by /bin/sh -c, that speaks on stdin and stdout");
}

void check_where(const std::string& socket, const std::string& exec) {
  if (!socket.empty() && !exec.empty()) {
    throw usage_error(
        "--socket and --exec are both given: leave out the one that the UDF is not at");
  }
  check_either(socket, exec);
}

void check_either(const std::string& socket, const std::string& exec) {
  if (socket.empty() && exec.empty()) {
    throw usage_error("one of --socket PATH and --exec COMMAND is needed");
  }
}

void add_opt(option_group& g, std::vector<option>& to) {
  g.add("opt",
        parsed_values(
            "NAME[=VALUE,...]", [&to] { to.clear(); },
            [&to](const std::string& t) { to.push_back(parse_option(t)); }),
        "option of the UDF as in TICKscript: 10 INT, 1.0 DOUBLE, 'text' or text STRING, TRUE BOOL, "
        "5m DURATION");
}

void add_log(option_group& g, log_settings& to) {
  g.add("log-level", choice_value(to.least, log_levels), "lines from this level on");
  g.add("log-file", text_value("FILE", to.file), "log to this file").by_default("stderr");
}

}  // namespace kapacitor::udf::host
