#include "base/options/table.hpp"
#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

std::string pair(const char* key, const std::string& json) {
  return in_quotes(key) + ":" + json;
}

std::string array_of(const std::vector<std::string>& texts) {
  std::string text;
  for (const auto& one : texts) text += (text.empty() ? "" : ",") + in_quotes(one);
  return "[" + text + "]";
}

std::string bool_of(bool yes) {
  return yes ? "true" : "false";
}

std::string json_of(const option_row& row, const option_table& table) {
  const auto secret = row.where == option_row::places::variable_only;
  std::string text = "{" + pair("name", in_quotes(row.name)) + "," +
                     pair("flag", bool_of(!secret && !row.positional)) + "," +
                     pair("key", bool_of(row.where == option_row::places::all)) + "," +
                     pair("variable", in_quotes(variable_of(table, row))) + "," +
                     pair("value", in_quotes(row.value.shown)) + "," +
                     pair("default", in_quotes(row.value.standard)) + "," +
                     pair("allowed", array_of(row.value.allowed)) + "," +
                     pair("known", array_of(row.value.known)) + "," +
                     pair("toggle", bool_of(row.value.type == flag_value::kind::toggle)) + "," +
                     pair("number", bool_of(row.value.type == flag_value::kind::number)) + "," +
                     pair("argument", bool_of(row.positional)) + "," +
                     pair("repeats", bool_of(row.value.repeats)) + "," +
                     pair("required", bool_of(row.required)) + "," +
                     pair("excludes", array_of(row.excludes)) + "," +
                     pair("group", in_quotes(row.group)) + "," + pair("help", in_quotes(row.help));
  if (row.letter != 0) text += "," + pair("letter", in_quotes(std::string(1, row.letter)));
  return text + "}";
}

std::string json_of(const option_rows& rows, const option_table& table) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "\n" : ",\n") + json_of(row, table);
  return "[" + text + "]";
}

std::string json_of_commands(const option_table& table) {
  std::string text;
  for (const auto& one : table.commands) {
    text += (text.empty() ? "\n" : ",\n") + std::string("{") + pair("name", in_quotes(one.name)) +
            "," + pair("help", in_quotes(one.help)) + "," + pair("footer", in_quotes(one.footer)) +
            "," + pair("options", json_of(one.rows, table)) + "}";
  }
  return "[" + text + "]";
}

std::string json_of_sections(const option_table& table) {
  std::string text;
  for (const auto& one : table.sections) {
    text += (text.empty() ? "\n" : ",\n") + std::string("{") + pair("name", in_quotes(one.name)) +
            "," + pair("help", in_quotes(one.help)) + "," +
            pair("options", json_of(one.rows_of(one.sample), table)) + "}";
  }
  return "[" + text + "]";
}

/// What every program takes and no table has.
std::string general_of() {
  std::string text;
  for (const auto& one : general_options()) {
    text += (text.empty() ? "\n" : ",\n") + std::string("{") + pair("name", in_quotes(one.name)) +
            "," + pair("value", in_quotes(one.value)) + "," + pair("help", in_quotes(one.help)) +
            (one.letter == 0 ? "" : "," + pair("letter", in_quotes(std::string(1, one.letter)))) +
            "}";
  }
  return "[" + text + "]";
}

}  // namespace

std::string json_of(const option_table& table) {
  return "{" + pair("program", in_quotes(table.program)) + "," +
         pair("version", in_quotes(table.version)) + "," +
         pair("summary", in_quotes(table.summary)) + "," +
         pair("variables", in_quotes(table.variables)) + "," +
         pair("footer", in_quotes(table.footer)) + "," +
         pair("standard_command", in_quotes(table.standard_command)) + "," +
         pair("exit_codes", in_quotes(exit_code_table())) + "," + pair("general", general_of()) +
         "," + pair("options", json_of(table.rows, table)) + "," +
         pair("commands", json_of_commands(table)) + "," +
         pair("sections", json_of_sections(table)) + "}\n";
}

}  // namespace kapacitor
