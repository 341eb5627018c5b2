#pragma once

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::test {

/// A ready-made function with options. The field that every stream of the tests has is "value".
struct setting {
  std::string function;
  std::string variant = {};  // what is special about the options, a word; empty: the usual ones
  std::vector<option> options = {};
  bool allocates = false;         // per point, in steady state: to be avoided, and said why
  bool forwards = false;          // points leave as they came, NaN included
  bool shared_by_groups = false;  // one state for all groups
  bool measured = true;           // by functions_bench

  std::string name() const { return variant.empty() ? function : function + "_" + variant; }
  /// Whether an option names the field.
  bool reads(const std::string& field) const {
    return std::any_of(options.begin(), options.end(), [&](const option& o) {
      return std::find(o.values.begin(), o.values.end(), option_value(field)) != o.values.end();
    });
  }
};

// Where GoogleTest shows a parameter.
inline void PrintTo(const setting& s, std::ostream* out) {
  *out << s.name();
}

}  // namespace kapacitor::udf::test
