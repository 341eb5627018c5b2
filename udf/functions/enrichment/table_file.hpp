#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "functions/enrichment/lookup_table.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// A table that is read again when its file changes.
///
/// The first table pins the types of the fields: a later one whose column has another type is
/// refused, because a database refuses a field that changes its type.
///
/// The file is examined when the table is asked for, at most once in `every`. A file that is gone
/// or broken, or has other types, leaves the table as it is, and the reason is logged.
///
/// Limits: 64 MiB
class table_file {
 public:
  static constexpr std::size_t most_bytes = std::size_t{64} << 20;

  /// Errors: std::runtime_error with the file and what is wrong with it.
  table_file(std::string path, table_shape shape, std::chrono::nanoseconds every);

  /// The columns that are fields, with the types that they keep.
  const std::vector<column>& fields() const { return shape_.fields; }
  const lookup_table& table(udf::emitter& out) {
    if (std::chrono::steady_clock::now() >= next_look_) look(out);
    return *table_;
  }

 private:
  // Device, inode, size, time of the last change in s and ns: what stat() reports of a file that is
  // not the same any more.
  using identity =
      std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t>;

  void look(udf::emitter& out);
  void warn(udf::emitter& out);
  void read();
  void pin_types();
  std::string read_text();

  std::string path_;
  table_shape shape_;
  std::chrono::nanoseconds every_;
  std::chrono::steady_clock::time_point next_look_;
  identity seen_{};  // of the file that was read last, good or bad
  std::unique_ptr<const lookup_table> table_;
  bool told_ = false;  // of the table's warnings
};

}  // namespace kapacitor::udf::functions
