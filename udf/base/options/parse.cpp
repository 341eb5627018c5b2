#include "base/options/parse.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/options/command_line.hpp"
#include "base/options/config_file.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

/// A source of options overrides those before it.
enum class rank { file, variable, flag };

struct ranked_option {
  given_option given;
  rank from;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) c == separator ? parts.emplace_back() : parts.back() += c;
  return parts;
}

given_options read_variables(const std::vector<const option_row*>& rows, const option_table& table,
                             const variable_fn& variable) {
  given_options all;
  for (const auto* row : rows) {
    const auto name = variable_of(table, *row);
    const char* text = name.empty() ? nullptr : variable(name);
    if (!text || *text == '\0') continue;
    auto texts =
        row->value.repeats ? split(text, row->value.separator) : std::vector{std::string(text)};
    all.push_back({row, std::move(texts), name});
  }
  return all;
}

/// What the sources say together.
class merger {
 public:
  void add(given_options options, rank from) {
    for (auto& one : options) {
      std::erase_if(all_, [&](const auto& before) { return before.given.row == one.row; });
      all_.push_back({std::move(one), from});
    }
  }

  /// Of two options that exclude each other the one from the higher source counts.
  void settle() {
    for (const auto& one : all_) {
      for (const auto& name : one.given.row->excludes) {
        if (const auto* other = find(name)) settle(one, *other);
      }
    }
    std::erase_if(all_, [this](const auto& one) {
      return std::find(dropped_.begin(), dropped_.end(), one.given.row) != dropped_.end();
    });
  }

  void apply() const {
    for (const auto& one : all_) {
      with_context(one.given.where, [&] { one.given.row->value.read(one.given.texts); });
    }
  }

  bool has(const option_row& row) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const auto& one) { return one.given.row == &row; });
  }

 private:
  const ranked_option* find(const std::string& name) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const auto& one) { return one.given.row->name == name; });
    return found == all_.end() ? nullptr : &*found;
  }

  void settle(const ranked_option& a, const ranked_option& b) {
    if (a.from == b.from) {
      throw usage_error(a.given.where + " and " + b.given.where + " exclude each other");
    }
    dropped_.push_back((a.from < b.from ? a : b).given.row);
  }

  std::vector<ranked_option> all_;
  std::vector<const option_row*> dropped_;
};

void check_required(const std::vector<const option_row*>& rows, const merger& given) {
  for (const auto* row : rows) {
    if (!row->required || given.has(*row)) continue;
    throw usage_error((row->positional ? row->name : "--" + row->name) +
                      " is missing: " + row->help);
  }
}

std::string config_of(const command_line& line, const option_table& table,
                      const variable_fn& variable) {
  if (!line.config.empty()) return line.config;
  const char* named = table.variables.empty() ? nullptr : variable(table.variables + "_CONFIG");
  return named ? named : "";
}

}  // namespace

parsed_options parse_options(const option_table& table, int argc, const char* const* argv,
                             const variable_fn& variable) {
  auto line = read_command_line(table, argc, argv);
  if (line.help) return {line.command, help_of(table, line.command)};
  if (line.help_json) return {line.command, json_of(table)};
  if (line.version) return {line.command, table.program + " " + table.version + "\n"};
  const auto rows = table.rows_of(line.command);
  merger given;
  const auto config = config_of(line, table, variable);
  if (!config.empty()) given.add(read_config_file(config, table, line.command), rank::file);
  given.add(read_variables(rows, table, variable), rank::variable);
  given.add(std::move(line.given), rank::flag);
  check_required(rows, given);
  given.settle();
  given.apply();
  return {line.command, ""};
}

parsed_options parse_options(const option_table& table, int argc, const char* const* argv) {
  return parse_options(table, argc, argv,
                       [](const std::string& name) { return std::getenv(name.c_str()); });
}

}  // namespace kapacitor
