#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "program/config_file.hpp"
#include "server/start_error.hpp"

namespace kapacitor::udf::server {
namespace {

class config_reader {
 public:
  config_reader(std::string path, std::span<const setting> known)
      : path_(std::move(path)), known_(known) {}

  void apply(std::string_view text, settings& to) const {
    const auto file = parse(text);
    for (const auto& [key, node] : file) {
      const auto& one = find(key);
      for (const auto& value : values_of(one, node)) {
        try {
          one.apply(to, value);
        } catch (const start_error& problem) {
          fail(node.source(), std::string(one.name) + " " + problem.what());
        }
      }
    }
  }

 private:
  [[noreturn]] void fail(const toml::source_region& where, const std::string& what) const {
    throw start_error(path_ + ":" + std::to_string(where.begin.line) + ":" +
                      std::to_string(where.begin.column) + ": " + what);
  }

  toml::table parse(std::string_view text) const {
    try {
      return toml::parse(text, path_);
    } catch (const toml::parse_error& problem) {
      fail(problem.source(), std::string(problem.description()));
    }
  }

  const setting& find(const toml::key& key) const {
    std::string names;
    for (const auto& s : known_) {
      if (s.name == key.str()) return s;
      names += (names.empty() ? "" : ", ") + std::string(s.name);
    }
    fail(key.source(), "unknown key \"" + std::string(key.str()) + "\"; known: " + names);
  }

  std::vector<std::string> values_of(const setting& s, const toml::node& node) const {
    using kind = setting::kind;
    const auto as_text = node.value_exact<std::string>();
    const auto as_number = node.value_exact<std::int64_t>();
    const auto as_flag = node.value_exact<bool>();
    switch (s.type) {
      case kind::text:
        if (as_text) return {*as_text};
        fail_type(s, node, "a string in quotes");
      case kind::list:
        return list_of(s, node);
      case kind::count:
        if (as_number) return {std::to_string(*as_number)};
        fail_type(s, node, "a whole number");
      case kind::size:
        if (as_text) return {*as_text};
        if (as_number) return {std::to_string(*as_number)};
        fail_type(s, node, "a number of bytes, or a string such as \"16MiB\"");
      case kind::flag:
        if (as_flag) return {*as_flag ? "true" : "false"};
        fail_type(s, node, "true or false");
    }
    return {};
  }

  std::vector<std::string> list_of(const setting& s, const toml::node& node) const {
    if (const auto one = node.value_exact<std::string>()) return {*one};
    const auto* array = node.as_array();
    if (!array) fail_type(s, node, "a string, or an array of strings");
    std::vector<std::string> all;
    for (const auto& item : *array) {
      const auto one = item.value_exact<std::string>();
      if (!one) fail_type(s, item, "a string, or an array of strings");
      all.push_back(*one);
    }
    return all;
  }

  [[noreturn]] void fail_type(const setting& s, const toml::node& node,
                              const std::string& allowed) const {
    std::ostringstream type;
    type << node.type();
    fail(node.source(),
         std::string(s.name) + " must be " + allowed + ", got a value of type " + type.str());
  }

  std::string path_;
  std::span<const setting> known_;
};

}  // namespace

void apply_config(std::string_view text, const std::string& path, std::span<const setting> known,
                  settings& to) {
  config_reader(path, known).apply(text, to);
}

void apply_config_file(const std::string& path, std::span<const setting> known, settings& to) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  // Opening a directory succeeds; only reading it fails.
  if (in && in.peek() != std::ifstream::traits_type::eof()) content << in.rdbuf();
  if (in.bad() || !in.is_open()) throw start_error("--config " + path + ": cannot be read");
  apply_config(content.str(), path, known, to);
}

}  // namespace kapacitor::udf::server
