#include "doctor/kapacitor_conf.hpp"

#include <sstream>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/text/error.hpp"
#include "base/text/text_file.hpp"
#include "base/text/units.hpp"

namespace kapacitor::udf::doctor {
namespace {

class conf_reader {
 public:
  explicit conf_reader(const std::string& path) : path_(path) {}

  kapacitor_conf read(std::string_view text) {
    const auto file = parse(text);
    read_http(file["http"]);
    const auto* functions = table_of(file["udf"]["functions"].node(), "udf.functions");
    if (!functions) return std::move(conf_);
    for (const auto& [name, node] : *functions) {
      const auto* table = table_of(&node, "udf.functions." + std::string(name.str()));
      conf_.functions.push_back(read_function(std::string(name.str()), *table));
    }
    return std::move(conf_);
  }

 private:
  toml::table parse(std::string_view text) const {
    try {
      return toml::parse(text, path_);
    } catch (const toml::parse_error& problem) {
      fail(problem.source(), std::string(problem.description()));
    }
  }
  [[noreturn]] void fail(const toml::source_region& at, const std::string& what) const {
    throw usage_error(path_ + ":" + std::to_string(at.begin.line) + ":" +
                      std::to_string(at.begin.column) + ": " + what);
  }
  [[noreturn]] void fail_type(const toml::node& node, const std::string& key,
                              const std::string& wanted) const {
    std::ostringstream type;
    type << node.type();
    fail(node.source(), key + ": must be " + wanted + ", got a value of type " + type.str());
  }

  /// nullptr: there is none.
  const toml::table* table_of(const toml::node* node, const std::string& key) const {
    if (node && !node->is_table()) fail_type(*node, key, "a table");
    return node ? node->as_table() : nullptr;
  }
  std::string text_at(const toml::table& table, const std::string& key) const {
    const auto* node = table.get(key);
    if (!node) return {};
    if (const auto text = node->value_exact<std::string>()) return *text;
    fail_type(*node, key, "a string");
  }
  std::vector<std::string> texts_at(const toml::table& table, const std::string& key) const {
    std::vector<std::string> all;
    const auto* node = table.get(key);
    if (!node) return all;
    if (!node->is_array()) fail_type(*node, key, "an array of strings");
    for (const auto& item : *node->as_array()) {
      if (!item.is_string()) fail_type(item, key, "an array of strings");
      all.push_back(*item.value_exact<std::string>());
    }
    return all;
  }

  function_entry read_function(const std::string& name, const toml::table& table) const {
    function_entry f;
    f.name = name;
    f.where = path_ + ":" + std::to_string(table.source().begin.line);
    f.socket = text_at(table, "socket");
    f.prog = text_at(table, "prog");
    f.args = texts_at(table, "args");
    f.has_env = table.contains("env");
    f.timeout = text_at(table, "timeout");
    f.time_out = read_duration(f.timeout);
    return f;
  }

  void read_http(const toml::node_view<const toml::node>& http) {
    std::string address = ":9092";
    bool https = false;
    if (const auto* table = table_of(http.node(), "http")) {
      if (table->contains("bind-address")) address = text_at(*table, "bind-address");
      https = (*table)["https-enabled"].value_or(false);
      conf_.auth_enabled = (*table)["auth-enabled"].value_or(false);
    }
    conf_.url = (https ? "https://" : "http://") + on_this_machine(address);
  }

  /// An address to listen at, of every interface perhaps, as one to connect to.
  static std::string on_this_machine(const std::string& address) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) return address + ":9092";
    const auto host = address.substr(0, colon);
    const bool any = host.empty() || host == "0.0.0.0" || host == "[::]";
    return (any ? "127.0.0.1" : host) + address.substr(colon);
  }

  const std::string& path_;
  kapacitor_conf conf_;
};

}  // namespace

kapacitor_conf read_kapacitor_conf(std::string_view text, const std::string& path) {
  return conf_reader(path).read(text);
}

kapacitor_conf read_kapacitor_conf_file(const std::string& path) {
  return with_context("--doctor", [&] { return read_kapacitor_conf(read_text_file(path), path); });
}

}  // namespace kapacitor::udf::doctor
