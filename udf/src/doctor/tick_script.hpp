#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::doctor {

/// An argument of a property. Nothing: the script alone does not tell its type, as of a variable.
using argument_type = std::optional<value_type>;

/// `.size(10)` after `@moving_average()`.
struct used_option {
  std::string name;
  std::size_t line = 0;
  std::vector<argument_type> arguments;
  bool countable = true;  // false: a list or a variable may stand for several arguments
};

/// `@moving_average()` with the properties that follow.
struct used_function {
  std::string name;
  std::size_t line = 0;
  std::vector<used_option> options;
};

/// The functions that a TICKscript uses. Texts, comments and regular expressions are skipped; a
/// script that is none ends early: Kapacitor has told that when it was defined.
///
/// Properties are those that follow the call directly, which is how TICKscripts are written: a node
/// that is kept in a variable and set later is not followed.
std::vector<used_function> used_functions(std::string_view script);

}  // namespace kapacitor::udf::doctor
