#include "check/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/units.hpp"
#include "drive/option_value.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr auto footer =
    R"(Each rule is a line: pass; FAIL: what was seen and what Kapacitor does then; warn: Kapacitor puts
up with it, its users suffer from it; skip: it cannot be tried with this UDF.

Exit: 0 no rule failed; 1 some did; 2 wrong usage, or nothing to be tried.

Examples:
  kapacitor-udf-host check --exec "python3 my_udf.py" --opt field=usage --opt size=10
  kapacitor-udf-host check --socket /run/kapacitor-udf/ewma.sock --opt field=usage
  kapacitor-udf-host check --socket /tmp/u.sock --exec "./my_server /tmp/u.sock" --json result.json)";

extra_field parse_field(const std::string& text) {
  auto parsed = parse_option(text);
  if (parsed.values.empty()) return {parsed.name, 1.0};
  return {parsed.name, parsed.values.front()};
}

}  // namespace

CLI::App* add_command(CLI::App& app, arguments& a) {
  auto* check = app.add_subcommand("check", "try a UDF against all that Kapacitor demands of it");
  check->footer(footer);
  check->add_option("--socket", a.socket, "UNIX socket of the UDF; @NAME: abstract");
  check->add_option("--exec", a.exec,
                    "command, run by /bin/sh -c, that speaks on stdin and stdout; with --socket: "
                    "the server, which is started, and started again where it is gone");
  check->add_option("--opt", a.options, "NAME[=VALUE,...] as for run, repeatable")
      ->expected(1)
      ->take_all();
  check
      ->add_option("--field", a.fields,
                   "NAME[=VALUE]: one more field of each point, repeatable; beside the one that "
                   "--opt field=NAME names, else \"value\"")
      ->expected(1)
      ->take_all();
  check
      ->add_option("--timeout", a.timeout,
                   "Kapacitor's keepalive timeout; longest wait for an answer")
      ->capture_default_str();
  check->add_option("--rule", a.rules, "only this one, repeatable")->expected(1)->take_all();
  check->add_flag("--list", a.list, "say what the rules demand, and end");
  check->add_option("--json", a.json, "FILE: the results as JSON");
  return check;
}

check_settings settings_of(const arguments& a) {
  check_settings s;
  s.rules = a.rules;
  s.list = a.list;
  s.json = a.json;
  if (a.list) return s;
  if (a.socket.empty() && a.exec.empty()) {
    throw usage_error("one of --socket PATH and --exec COMMAND is needed");
  }
  s.udf.where = {a.socket, a.exec};
  for (const auto& text : a.options) {
    s.udf.options.push_back(with_context("--opt", [&] { return parse_option(text); }));
  }
  for (const auto& text : a.fields) {
    s.udf.fields.push_back(with_context("--field", [&] { return parse_field(text); }));
  }
  s.udf.timeout = with_context("--timeout", [&] { return parse_duration(a.timeout); });
  if (s.udf.timeout < std::chrono::milliseconds(10)) {
    throw usage_error("--timeout: must be at least 10ms");
  }
  return s;
}

}  // namespace kapacitor::udf::host::check
