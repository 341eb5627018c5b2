#include "base/options/config_file.hpp"

#include <algorithm>
#include <sstream>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "base/text/text_file.hpp"

namespace kapacitor {
namespace {

using row_list = std::vector<const option_row*>;

class config_reader {
 public:
  config_reader(const std::string& path, const option_table& table, const std::string& command)
      : path_(path), table_(table), command_(command) {}

  given_options read(std::string_view text) {
    const auto file = parse(text);
    const auto own = in_files(table_.rows_of(command_));
    for (const auto& [key, node] : file) {
      if (!node.is_table()) read_key(own, key, node);
    }
    // Afterwards: what is for one command overrides what is for all.
    for (const auto& [key, node] : file) {
      if (const auto* section = node.as_table()) read_section(key, *section);
    }
    return std::move(given_);
  }

 private:
  [[noreturn]] void fail(const toml::source_region& where, const std::string& what) const {
    throw usage_error(at(where) + what);
  }
  std::string at(const toml::source_region& where) const {
    return path_ + ":" + std::to_string(where.begin.line) + ":" +
           std::to_string(where.begin.column) + ": ";
  }

  toml::table parse(std::string_view text) const {
    try {
      return toml::parse(text, path_);
    } catch (const toml::parse_error& problem) {
      fail(problem.source(), std::string(problem.description()));
    }
  }

  static row_list in_files(row_list rows) {
    std::erase_if(rows, [](const auto* r) { return r->where != option_row::places::all; });
    return rows;
  }
  static const option_row* find(const row_list& rows, std::string_view name) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto* r) { return r->name == name; });
    return found == rows.end() ? nullptr : *found;
  }

  void read_section(const toml::key& name, const toml::table& section) {
    const std::string command(name.str());
    for (const auto& one : table_.sections) {
      if (one.name == command) return read_named(one, section);
    }
    if (!table_.find_command(command)) {
      std::vector<std::string> names;
      for (const auto& one : table_.commands) names.push_back(one.name);
      for (const auto& one : table_.sections) names.push_back(one.name + ".NAME");
      fail(name.source(), names.empty()
                              ? in_quotes(command) + " is a table, of which there are none"
                              : in_quotes(command) + " is no command: write " + listed(names) +
                                    suggestion(command, names));
    }
    const auto rows = in_files(table_.rows_of(command));
    for (const auto& [key, node] : section) {
      const auto* row = find(rows, key.str());
      if (!row) refuse(rows, key);
      // Read also if another command runs: what is wrong should show at once.
      auto texts = texts_of(*row, node);
      if (command == command_) take(*row, node, std::move(texts));
    }
  }

  /// The tables [section.NAME].
  void read_named(const option_section& section, const toml::table& tables) {
    for (const auto& [name, node] : tables) {
      const auto* table = node.as_table();
      if (!table) {
        fail(name.source(), in_quotes(name.str()) + " is no table: write [" + section.name +
                                ".NAME] and its keys below");
      }
      const auto rows = rows_of(section, name);
      for (const auto& [key, value] : *table) {
        const auto* row = find(rows, key.str());
        if (!row) refuse(rows, key);
        take(*row, value, texts_of(*row, value));
      }
    }
  }

  row_list rows_of(const option_section& section, const toml::key& name) const {
    const std::string own(name.str());
    return with_context(at(name.source()) + section.name + "." + own, [&] {
      row_list rows;
      for (const auto& row : section.rows_of(own)) rows.push_back(&row);
      return rows;
    });
  }

  void read_key(const row_list& own, const toml::key& key, const toml::node& node) {
    if (const auto* row = find(own, key.str())) return take(*row, node, texts_of(*row, node));
    for (const auto& one : table_.commands) {
      if (find(in_files(table_.rows_of(one.name)), key.str())) return;
    }
    refuse(own, key);
  }

  [[noreturn]] void refuse(const row_list& rows, const toml::key& key) const {
    const auto names = names_of(rows);
    fail(key.source(), in_quotes(key.str()) + " is no key" + suggestion(key.str(), names) +
                           " (allowed: " + listed(names) + ")");
  }

  void take(const option_row& row, const toml::node& node, std::vector<std::string> texts) {
    given_.push_back({&row, std::move(texts), at(node.source()) + row.name});
  }

  std::vector<std::string> texts_of(const option_row& row, const toml::node& node) const {
    const auto* array = row.value.repeats ? node.as_array() : nullptr;
    if (!array) return {text_of(row, node)};
    std::vector<std::string> all;
    for (const auto& item : *array) all.push_back(text_of(row, item));
    return all;
  }

  std::string text_of(const option_row& row, const toml::node& node) const {
    using kind = flag_value::kind;
    if (const auto flag = node.value_exact<bool>(); flag && row.value.type == kind::toggle) {
      return *flag ? "true" : "false";
    }
    if (row.value.type == kind::toggle) fail_type(row, node, "true or false");
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (row.value.type == kind::number && node.is_number()) return written(node);
    fail_type(row, node, row.value.type == kind::number ? "a number or a string" : "a string");
  }

  static std::string written(const toml::node& node) {
    if (const auto n = node.value_exact<std::int64_t>()) return std::to_string(*n);
    std::ostringstream text;
    text << node.value_or(0.0);
    return text.str();
  }

  [[noreturn]] void fail_type(const option_row& row, const toml::node& node,
                              const std::string& allowed) const {
    std::ostringstream type;
    type << node.type();
    const auto array = row.value.repeats ? ", or an array of them" : "";
    fail(node.source(),
         row.name + ": must be " + allowed + array + ", got a value of type " + type.str());
  }

  const std::string& path_;
  const option_table& table_;
  const std::string& command_;
  given_options given_;
};

}  // namespace

given_options read_config(std::string_view text, const std::string& path, const option_table& table,
                          const std::string& command) {
  return config_reader(path, table, command).read(text);
}

given_options read_config_file(const std::string& path, const option_table& table,
                               const std::string& command) {
  const auto text = with_context("--config", [&] { return read_text_file(path); });
  return read_config(text, path, table, command);
}

}  // namespace kapacitor
