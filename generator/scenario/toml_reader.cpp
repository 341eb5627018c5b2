#include "scenario/toml_reader.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"
#include "base/text/units.hpp"

namespace kapacitor::generator {
namespace {

template <class Names>
std::string list_of(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

std::string place(const std::string& file, const toml::source_region& where) {
  return fmt::format("{}:{}:{}: ", file, where.begin.line, where.begin.column);
}

void toml_reader::fail(const toml::node& at, const std::string& why) const {
  throw usage_error(place(file_, at.source()) + why);
}

void toml_reader::fail(std::string_view key, const std::string& why) const {
  const auto* node = table_.get(key);
  fail(node ? *node : static_cast<const toml::node&>(table_), fmt::format("{} {}", key, why));
}

const toml::node* toml_reader::find(std::string_view key) {
  asked_.push_back(key);
  return table_.get(key);
}

const toml::node& toml_reader::need(std::string_view key) {
  if (const auto* node = find(key)) return *node;
  fail(table_, fmt::format("{} needs {}", what_, key));
}

void toml_reader::done() const {
  for (const auto& [key, node] : table_) {
    if (std::find(asked_.begin(), asked_.end(), key.str()) != asked_.end()) continue;
    auto known = asked_;
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    throw usage_error(place(file_, key.source()) + fmt::format("{} has no {}; it may have: {}",
                                                               what_, key.str(), list_of(known)));
  }
}

double toml_reader::to_number(const toml::node& node, std::string_view key) const {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (!value || !std::isfinite(*value)) fail(node, fmt::format("{} must be a number", key));
  return *value;
}

nanoseconds toml_reader::to_duration(const toml::node& node, std::string_view key) const {
  const auto text = node.value_exact<std::string>();
  if (!text) fail(node, fmt::format("{} must be a duration such as \"90s\"", key));
  try {
    return parse_duration(*text);
  } catch (const usage_error& error) {
    fail(node, fmt::format("{}: {}", key, error.what()));
  }
}

std::string toml_reader::to_text(const toml::node& node, std::string_view key) const {
  const auto text = node.value_exact<std::string>();
  if (!text) fail(node, fmt::format("{} must be a text in quotes", key));
  return *text;
}

double toml_reader::number(std::string_view key, std::optional<double> without) {
  if (without && !has(key)) return find(key), *without;
  return to_number(need(key), key);
}

double toml_reader::number_above(std::string_view key, double least,
                                 std::optional<double> without) {
  const double value = number(key, without);
  if (has(key) && value <= least) fail(key, fmt::format("must be more than {}", least));
  return value;
}

double toml_reader::fraction(std::string_view key, std::optional<double> without) {
  const double value = number(key, without);
  if (value < 0 || value > 1) fail(key, "must be from 0 to 1");
  return value;
}

std::size_t toml_reader::count(std::string_view key, std::size_t least,
                               std::optional<std::size_t> without) {
  if (without && !has(key)) return find(key), *without;
  const auto value = need(key).value_exact<std::int64_t>();
  if (!value || *value < static_cast<std::int64_t>(least)) {
    fail(key, fmt::format("must be a whole number of at least {}", least));
  }
  return static_cast<std::size_t>(*value);
}

bool toml_reader::flag(std::string_view key, bool without) {
  const auto* node = find(key);
  if (!node) return without;
  const auto value = node->value_exact<bool>();
  if (!value) fail(*node, fmt::format("{} must be true or false", key));
  return *value;
}

std::string toml_reader::text(std::string_view key, std::optional<std::string> without) {
  if (without && !has(key)) return find(key), *without;
  return to_text(need(key), key);
}

nanoseconds toml_reader::duration(std::string_view key, std::optional<nanoseconds> without) {
  if (without && !has(key)) return find(key), *without;
  const auto value = to_duration(need(key), key);
  if (value.count() < 1) fail(key, "must be more than 0");
  return value;
}

const toml::array& toml_reader::array(std::string_view key) {
  const auto* list = need(key).as_array();
  if (!list || list->empty()) fail(key, "must be a list [..., ...] that is not empty");
  return *list;
}

std::vector<double> toml_reader::numbers(std::string_view key) {
  std::vector<double> all;
  for (const auto& node : array(key)) all.push_back(to_number(node, key));
  return all;
}

std::vector<std::string> toml_reader::texts(std::string_view key) {
  std::vector<std::string> all;
  for (const auto& node : array(key)) all.push_back(to_text(node, key));
  return all;
}

std::vector<nanoseconds> toml_reader::durations(std::string_view key) {
  std::vector<nanoseconds> all;
  for (const auto& node : array(key)) all.push_back(to_duration(node, key));
  return all;
}

void toml_reader::refuse_name(std::string_view key, const std::string& name,
                              const std::vector<std::string>& allowed) const {
  fail(key, fmt::format("is {}, which is none of {}{}", in_quotes(name), listed(allowed),
                        suggestion(name, allowed)));
}

std::string_view toml_reader::one_of(const std::vector<std::string_view>& keys) {
  std::string_view found;
  for (const auto key : keys) {
    if (!find(key)) continue;
    if (!found.empty()) {
      fail(*table_.get(key), fmt::format("{} has {} and {}: one of them only", what_, found, key));
    }
    found = key;
  }
  if (found.empty()) fail(table_, fmt::format("{} needs one of {}", what_, list_of(keys)));
  return found;
}

}  // namespace kapacitor::generator
