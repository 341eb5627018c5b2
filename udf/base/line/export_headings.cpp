#include "base/line/export_headings.hpp"

#include "base/text/encoding.hpp"

namespace kapacitor {
namespace {

bool take_context(std::string_view line, std::string_view heading, std::string& name) {
  if (!line.starts_with(heading)) return false;
  name = trimmed(line.substr(heading.size()));
  return true;
}

}  // namespace

bool export_headings::is_one(std::string_view line) {
  line = trimmed(line);
  return line.starts_with("# INFLUXDB EXPORT") || line == "# DDL" || line == "# DML" ||
         line.starts_with("# CONTEXT-");
}

bool export_headings::take(std::string_view line) {
  line = trimmed(line);
  if (line == "# DDL") statements_ = true;
  if (line == "# DML") statements_ = false;
  if (take_context(line, "# CONTEXT-DATABASE:", database_) ||
      take_context(line, "# CONTEXT-RETENTION-POLICY:", retention_policy_)) {
    moved_ = true;
  }
  return statements_;
}

}  // namespace kapacitor
