#include "base/options/table.hpp"

#include <algorithm>

namespace kapacitor {

option_row& option_group::add(std::string name, flag_value value, std::string help) {
  rows_.push_back({.name = std::move(name),
                   .value = std::move(value),
                   .help = std::move(help),
                   .group = name_,
                   .excludes = {}});
  return rows_.back();
}

option_row& option_group::add_argument(std::string name, flag_value value, std::string help) {
  auto& row = add(std::move(name), std::move(value), std::move(help));
  row.positional = true;
  return row.as(option_row::places::flag_only);
}

const option_command* option_table::find_command(const std::string& name) const {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

std::vector<const option_row*> option_table::rows_of(const std::string& command) const {
  std::vector<const option_row*> all;
  if (const auto* own = find_command(command)) {
    for (const auto& row : own->rows) all.push_back(&row);
  }
  for (const auto& row : rows) all.push_back(&row);
  return all;
}

std::string variable_of(const option_table& table, const option_row& row) {
  if (row.where == option_row::places::flag_only || table.variables.empty()) return {};
  auto name = table.variables + "_" + row.name;
  for (auto& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-') c = '_';
  }
  return name;
}

}  // namespace kapacitor
