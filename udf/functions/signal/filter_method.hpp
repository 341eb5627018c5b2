#pragma once

#include <optional>

#include "functions/numeric/sorted_values.hpp"
#include "functions/windows/ring.hpp"

namespace kapacitor::udf::functions {

/// What a filter remembers of a group. One type for all methods: a task has only one of them.
struct filter_memory {
  ring<double> values;   // as the method likes; empty: nothing has come yet
  sorted_values sorted;  // the same in order of size, if the method wants them so

  void clear() {
    values.clear();
    sorted.clear();
  }
};

/// The result of a filter for a point.
struct filtered {
  std::optional<double> value = {};  // empty: beyond what a double holds
  bool outlier = false;              // only of methods that tell
};

/// A method of `filter`, with what follows from the options. Shared by all groups of a task.
///
/// Errors: constructors throw option_error.
class filter_method {
 public:
  virtual ~filter_method() = default;
  /// The answer to the next value, which is finite.
  virtual filtered take(double x, filter_memory& m) const = 0;
  /// Whether a memory can hold that many values.
  virtual bool fits(std::size_t values) const = 0;
  /// Makes of restored values, all finite, what is not in the snapshot.
  virtual void restore(filter_memory&) const {}
};

}  // namespace kapacitor::udf::functions
