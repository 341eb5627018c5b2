#include <algorithm>

#include "base/options/table.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

constexpr std::size_t column = 32, width = 100;

/// `left` and beside it the words of `right`, in lines of at most `width` characters.
std::string two_columns(const std::string& left, const std::string& right) {
  auto line = "  " + left;
  std::string text;
  line.size() + 2 > column ? (text = line + "\n", line.assign(column, ' '))
                           : line.append(column - line.size(), ' ');
  for (std::size_t at = 0; at < right.size();) {
    const auto end = std::min(right.find(' ', at), right.size());
    if (line.size() + 1 + end - at > width) {
      text += line + "\n";
      line.assign(column, ' ');
    }
    if (line.size() > column) line += ' ';
    line += right.substr(at, end - at);
    at = end + 1;
  }
  return text + line + "\n";
}

std::string left_of(const option_row& row, const option_table& table) {
  if (row.where == option_row::places::variable_only) return variable_of(table, row);
  auto text = row.positional ? row.name : "--" + row.name;
  if (row.letter != 0) text = std::string("-") + row.letter + ", " + text;
  return row.positional || row.value.shown.empty() ? text : text + " " + row.value.shown;
}

std::string right_of(const option_row& row) {
  auto text = row.help;
  if (!row.value.allowed.empty() && row.value.shown == "NAME") {
    text += ": " + listed(row.value.allowed);
  }
  if (row.value.repeats) text += "; may be repeated";
  if (!row.value.standard.empty()) text += " (default: " + row.value.standard + ")";
  return text;
}

std::string groups_of(const std::vector<const option_row*>& rows, const option_table& table) {
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (std::find(names.begin(), names.end(), row->group) == names.end()) {
      names.push_back(row->group);
    }
  }
  std::string text;
  for (const auto& name : names) {
    text += "\n" + name + ":\n";
    for (const auto* row : rows) {
      if (row->group == name) text += two_columns(left_of(*row, table), right_of(*row));
    }
  }
  return text;
}

std::string general_of(const option_table& table) {
  std::string text = "\nGeneral:\n";
  for (const auto& one : general_options()) {
    auto left = std::string("--") + one.name;
    if (one.letter != 0) left = std::string("-") + one.letter + ", " + left;
    text += two_columns(*one.value == 0 ? left : left + " " + one.value, one.help);
  }
  if (table.variables.empty()) return text;
  return text + "\nEach option is also an environment variable: --log-level is " + table.variables +
         "_LOG_LEVEL.\nA flag overrides a variable, which overrides the file, which overrides the "
         "default.\n";
}

std::string usage_of(const option_table& table, const option_command* command) {
  std::string text = "Usage: " + table.program;
  if (command) {
    text += " " + command->name;
    for (const auto& row : command->rows) {
      if (row.positional) text += row.required ? " " + row.name : " [" + row.name + "]";
    }
  } else if (!table.commands.empty()) {
    text += table.standard_command.empty() ? " COMMAND" : " [COMMAND]";
  }
  return text + " [OPTION...]\n";
}

std::string commands_of(const option_table& table) {
  if (table.commands.empty()) return {};
  std::string text = "\nCommands (COMMAND --help shows what each takes):\n";
  for (const auto& one : table.commands) text += two_columns(one.name, one.help);
  return text;
}

constexpr general_option in_all_programs[] = {
    {"config", "FILE", "read options from a TOML file: keys named like the flags", 0},
    {"help", "", "show this", 'h'},
    {"help-json", "", "show all options of all commands as JSON", 0},
    {"version", "", "show the version", 0}};

}  // namespace

std::span<const general_option> general_options() {
  return in_all_programs;
}

std::string help_of(const option_table& table, const std::string& name) {
  const auto* command = table.find_command(name);
  auto text = (command ? command->help : table.summary) + "\n\n" + usage_of(table, command);
  if (!command) text += commands_of(table);
  text += groups_of(table.rows_of(name), table) + general_of(table);
  text += "\nExit codes:\n" + std::string(exit_code_table());
  const auto& footer = command ? command->footer : table.footer;
  return footer.empty() ? text : text + "\n" + footer;
}

}  // namespace kapacitor
