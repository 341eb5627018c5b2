#include "base/options/table.hpp"
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
                     pair("repeats", bool_of(row.value.repeats)) + "," +
                     pair("required", bool_of(row.required)) + "," +
                     pair("group", in_quotes(row.group)) + "," + pair("help", in_quotes(row.help));
  if (row.letter != 0) text += "," + pair("letter", in_quotes(std::string(1, row.letter)));
  return text + "}";
}

std::string json_of(const option_rows& rows, const option_table& table) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "\n" : ",\n") + json_of(row, table);
  return "[" + text + "]";
}

}  // namespace

std::string json_of(const option_table& table) {
  std::string commands;
  for (const auto& one : table.commands) {
    commands += (commands.empty() ? "\n" : ",\n") + std::string("{") +
                pair("name", in_quotes(one.name)) + "," + pair("help", in_quotes(one.help)) + "," +
                pair("options", json_of(one.rows, table)) + "}";
  }
  return "{" + pair("program", in_quotes(table.program)) + "," +
         pair("summary", in_quotes(table.summary)) + "," +
         pair("options", json_of(table.rows, table)) + "," +
         pair("commands", "[" + commands + "]") + "}\n";
}

}  // namespace kapacitor
