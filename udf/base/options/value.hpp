#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/text/choice.hpp"
#include "base/text/units.hpp"

// What an option of a program takes, and the variable of the program that it sets. Each function
// below binds one variable; what it holds when the table is made is the default that help shows.
//
// Lifetime: of the variable, at least that of the table.
// Errors:   reading throws usage_error, to which the caller adds flag, variable or file and line
namespace kapacitor {

struct flag_value {
  enum class kind {
    text,    // in a file: a string
    number,  // a string, or a number
    toggle,  // true or false; a flag without a value
  };

  kind type = kind::text;
  std::string shown;                 // in the help: "DURATION"
  std::string standard;              // the default as text; empty: none
  std::vector<std::string> allowed;  // if only these are
  std::vector<std::string> known;    // what completions offer, although more may be allowed
  bool repeats = false;              // a flag may come again; an array in a file
  char separator = '\n';             // between several values in an environment variable
  std::function<void(const std::vector<std::string>&)> read;  // all that one source gives
};

/// A value that `parse` reads and puts where it belongs.
flag_value parsed_value(std::string shown, std::function<void(const std::string&)> parse);

/// Several values: `parse` gets each, after `clear` was called.
flag_value parsed_values(std::string shown, std::function<void()> clear,
                         std::function<void(const std::string&)> parse);

flag_value text_value(std::string shown, std::string& to);
flag_value text_value(std::string shown, std::optional<std::string>& to);
/// Several texts, in their order.
flag_value texts_value(std::string shown, std::vector<std::string>& to);

/// On if the flag is there: sets the variable to `on`; `false` in a file sets it to the opposite.
flag_value toggle_value(bool& to, bool on = true);

/// Of a duration in coarser units the rest is dropped.
template <class Period>
flag_value duration_value(std::chrono::duration<std::int64_t, Period>& to,
                          std::chrono::nanoseconds least = {}) {
  using duration = std::chrono::duration<std::int64_t, Period>;
  auto made = parsed_value("DURATION", [&to, least](const std::string& t) {
    to = std::chrono::duration_cast<duration>(parse_duration(t, least));
  });
  made.standard = exact_duration(to);
  return made;
}
flag_value duration_value(std::optional<std::chrono::nanoseconds>& to,
                          std::chrono::nanoseconds least = {});

/// Bytes.
template <class T>
flag_value size_value(T& to, count_bounds allowed = {}) {
  auto made = parsed_value("SIZE", [&to, allowed](const std::string& t) {
    to = static_cast<T>(parse_size(t, allowed));
  });
  made.type = flag_value::kind::number;
  made.standard = exact_size(to);
  return made;
}

/// A whole number.
template <class T>
flag_value count_value(T& to, count_bounds allowed = {}) {
  auto made = parsed_value(
      "N", [&to, allowed](const std::string& t) { to = static_cast<T>(parse_count(t, allowed)); });
  made.type = flag_value::kind::number;
  if constexpr (std::is_integral_v<T>) made.standard = std::to_string(to);
  return made;
}

/// "a|b|c" if it is short, else "NAME".
std::string shown_choices(const std::vector<std::string>& names);

/// One of a table's names. Lifetime: the table must outlive the option, as a constant does
template <class T>
flag_value choice_value(T& to, std::span<const choice<std::type_identity_t<T>>> table) {
  auto made = parsed_value("", [&to, table](const std::string& t) { to = parse_choice(t, table); });
  made.allowed = names_of<T>(table);
  made.shown = shown_choices(made.allowed);
  made.standard = name_of(to, table);
  return made;
}

}  // namespace kapacitor
