#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/tls.hpp"
#include "base/text/error.hpp"
#include "base/text/log.hpp"
#include "program/examiner.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::doctor {

struct settings {
  std::string conf;  // a kapacitor.conf; empty: nothing is asked
  std::string url;   // of Kapacitor; empty: as kapacitor.conf says
  std::string runs_as = "kapacitor";
  login who;
  tls_settings tls;
  bool revive = false;
};

/// Looks at all that `s` names, and writes a line for each thing. Changes nothing unless s.revive.
///
/// Returns: success if nothing is wrong
/// Errors: usage_error if kapacitor.conf cannot be read
exit_code examine(const settings& s, const std::vector<function>& ready_made, std::ostream& out,
                  const log_sink& log);

/// --doctor of kapacitor-udfd.
server::examiner examiner();

}  // namespace kapacitor::udf::doctor
