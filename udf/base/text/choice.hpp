#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kapacitor {

/// A name that stands for a value: of an enum, mostly. A table of them says what a text may be:
///
///     constexpr choice<api_version> versions[] = {{"v1", api_version::v1}, {"v2",
///     api_version::v2}}; parse_choice("v2", versions);
///
/// If several names stand for one value, the first is the one that is shown.
template <class T>
struct choice {
  std::string_view name;
  T value;
};

/// Throws usage_error: `"v3" is none of v1, v2`.
[[noreturn]] void refuse_choice(std::string_view text, const std::vector<std::string>& names);

template <class T>
std::vector<std::string> names_of(std::span<const choice<T>> table) {
  std::vector<std::string> names;
  for (const auto& one : table) names.emplace_back(one.name);
  return names;
}

/// Errors: usage_error that lists the names and suggests the nearest
template <class T>
T parse_choice(std::string_view text, std::span<const choice<T>> table) {
  for (const auto& one : table) {
    if (one.name == text) return one.value;
  }
  refuse_choice(text, names_of(table));
}

template <class T, std::size_t N>
T parse_choice(std::string_view text, const choice<T> (&table)[N]) {
  return parse_choice(text, std::span<const choice<T>>(table));
}

/// Empty if the table has no such value.
template <class T>
std::string_view name_of(const T& value, std::span<const choice<std::type_identity_t<T>>> table) {
  for (const auto& one : table) {
    if (one.value == value) return one.name;
  }
  return {};
}

/// The name that `text` was probably meant to be: a few letters differ, are missing or swapped.
/// Empty if none is near.
std::string nearest(std::string_view text, const std::vector<std::string>& names);

/// "; did you mean --log-level?", or nothing.
std::string suggestion(std::string_view text, const std::vector<std::string>& names,
                       std::string_view before = {});

/// The names with ", " between them.
std::string listed(const std::vector<std::string>& names);

}  // namespace kapacitor
