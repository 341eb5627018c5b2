#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text/time_text.hpp"

namespace kapacitor {

/// How a column of a table writes its times, decided over all its cells.
class time_column {
 public:
  /// A format that is not `automatic` is decided.
  explicit time_column(time_format format) : format_(format) {}

  /// Looks at a cell. Returns: whether it takes no more to decide
  bool look(std::string_view cell);
  /// Whether there are dates such as 04/01/2024, and no cell tells day from month.
  bool is_ambiguous() const { return slashes_ && !day_first_ && !month_first_; }
  /// Whether some cells have the day first and others the month.
  bool contradicts_itself() const { return day_first_ && month_first_; }
  /// No more cells: decides by what was seen.
  void decide();

  /// ns since 1970-01-01 UTC; nothing if it is no such time. After decide()
  std::optional<std::int64_t> read(std::string_view cell) const;
  /// What is allowed instead of that cell, for a message: "allowed are …". After decide()
  std::string allowed(std::string_view cell) const;
  /// "dates", "numbers in ms, by their size", …. After decide()
  std::string text() const;

 private:
  time_format format_;
  bool by_size_ = false, slashes_ = false, day_first_ = false, month_first_ = false;
};

}  // namespace kapacitor
