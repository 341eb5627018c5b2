#pragma once

#include <cstdint>
#include <string_view>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The type that all cells of a column fit: int, double (ints fit it), bool (true, True, TRUE,
/// false, False, FALSE), or else string. A cell in quotes is a string.
class cell_type {
 public:
  /// Takes a cell in that read() has to be able to read.
  void widen(std::string_view text, bool quoted);
  /// Demands: widen() knows the text.
  udf::value read(std::string_view text) const;

 private:
  enum class kind { none, integer, floating, boolean, text };
  static kind kind_of(std::string_view text);

  kind kind_ = kind::none;
};

}  // namespace kapacitor::udf::functions
