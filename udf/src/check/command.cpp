#include "check/command.hpp"

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "connect/udf_options.hpp"
#include "drive/option_value.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr auto footer =
    R"(Each rule is a line: pass; FAIL: what was seen and what Kapacitor does then; warn: Kapacitor
tolerates it, its users suffer from it; skip: it cannot be tried with this UDF. The exit code is 1
if a rule failed. With both --socket and --exec, the command is the server: it is started, and
started again if it is gone.

Examples:
  kapacitor-udf-host check --exec "python3 my_udf.py" --opt field=usage --opt size=10
  kapacitor-udf-host check --socket /run/kapacitor-udf/ewma.sock --opt field=usage
  kapacitor-udf-host check --socket /tmp/u.sock --exec "./my_server /tmp/u.sock" --json result.json
)";

extra_field parse_field(const std::string& text) {
  auto parsed = parse_option(text);
  if (parsed.values.empty()) return {parsed.name, 1.0};
  return {parsed.name, parsed.values.front()};
}

}  // namespace

option_command command(arguments& a) {
  option_command c{"check", "try a UDF against all that Kapacitor demands of it", footer, {}};
  option_group g(c.rows, "UDF");
  add_where(g, a.socket, a.exec);
  add_opt(g, a.options);
  option_group rules(c.rows, "Rules");
  rules.add("field",
            parsed_values(
                "NAME[=VALUE]", [&a] { a.fields.clear(); },
                [&a](const std::string& t) { a.fields.push_back(parse_field(t)); }),
            "one more field of each point, beside the one that --opt field=NAME names, else value");
  rules.add("timeout", duration_value(a.timeout, std::chrono::milliseconds(10)),
            "Kapacitor's keepalive timeout; longest wait for an answer");
  rules.add("rule", texts_value("NAME", a.rules), "try only this one");
  rules.add("list", toggle_value(a.list), "say what the rules demand, and end")
      .as(option_row::places::flag_only);
  rules.add("json", text_value("FILE", a.json), "the results as JSON");
  return c;
}

check_settings settings_of(const arguments& a) {
  check_settings s;
  s.rules = a.rules;
  s.list = a.list;
  require_folder("--json", a.json);
  s.json = a.json;
  if (a.list) return s;
  check_either(a.socket, a.exec);
  s.udf.where = {a.socket, a.exec};
  s.udf.options = a.options;
  s.udf.fields = a.fields;
  s.udf.timeout = a.timeout;
  return s;
}

}  // namespace kapacitor::udf::host::check
