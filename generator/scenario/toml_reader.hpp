#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "base/text/choice.hpp"
#include "signal/anomaly.hpp"

namespace kapacitor::generator {

/// Reads the keys of one TOML table, and complains about those that nobody asked for.
///
/// Errors: usage_error "FILE:LINE:COLUMN: KEY ..."
class toml_reader {
 public:
  /// `what` the table is, for messages: "a field", "sine".
  toml_reader(const std::string& file, const toml::table& table, std::string what)
      : file_(file), table_(table), what_(std::move(what)) {}

  const std::string& file() const { return file_; }
  bool has(std::string_view key) const { return table_.contains(key); }
  const toml::node* at(std::string_view key) const { return table_.get(key); }
  const toml::node* find(std::string_view key);
  const toml::node& need(std::string_view key);

  // Each: the key's value, or the given one if there is none. Without one the key is required.
  double number(std::string_view key, std::optional<double> without = std::nullopt);
  double number_above(std::string_view key, double least, std::optional<double> without = {});
  double fraction(std::string_view key, std::optional<double> without = std::nullopt);
  std::size_t count(std::string_view key, std::size_t least,
                    std::optional<std::size_t> without = {});
  bool flag(std::string_view key, bool without);
  std::string text(std::string_view key, std::optional<std::string> without = std::nullopt);
  nanoseconds duration(std::string_view key, std::optional<nanoseconds> without = std::nullopt);
  std::vector<double> numbers(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  std::vector<nanoseconds> durations(std::string_view key);
  /// What the name stands for that the key has.
  template <class T, std::size_t N>
  T choice(std::string_view key, const kapacitor::choice<T> (&table)[N],
           std::optional<T> without = std::nullopt) {
    if (without && !has(key)) return find(key), *without;
    const auto name = to_text(need(key), key);
    for (const auto& one : table) {
      if (one.name == name) return one.value;
    }
    refuse_name(key, name, names_of<T>(table));
  }

  /// One of these keys is there, and only one: which.
  std::string_view one_of(const std::vector<std::string_view>& keys);

  /// REQUIRES: everything has been asked for
  void done() const;

  [[noreturn]] void fail(const toml::node& at, const std::string& why) const;
  [[noreturn]] void fail(std::string_view key, const std::string& why) const;

 private:
  const toml::array& array(std::string_view key);
  [[noreturn]] void refuse_name(std::string_view key, const std::string& name,
                                const std::vector<std::string>& allowed) const;
  double to_number(const toml::node& node, std::string_view key) const;
  nanoseconds to_duration(const toml::node& node, std::string_view key) const;
  std::string to_text(const toml::node& node, std::string_view key) const;

  const std::string& file_;
  const toml::table& table_;
  std::string what_;
  std::vector<std::string_view> asked_;
};

/// "FILE:LINE:COLUMN: "
std::string place(const std::string& file, const toml::source_region& where);

/// The signal that a table describes, which has one of the keys for it, beside others. `read` is
/// told which keys belong to it.
signal_spec read_signal(toml_reader& table);

/// The rules of [[anomaly]] and [transport].
std::vector<struct anomaly_rule> read_anomalies(toml_reader& root, const struct scenario& so_far);

}  // namespace kapacitor::generator
