#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace kapacitor {

/// The headings of what `influx_inspect export` writes and `influx -import` reads: comments that
/// say where the points belong that follow, and statements that make databases.
class export_headings {
 public:
  /// Whether the line begins an export.
  static bool is_one(std::string_view line);

  /// Takes a line. Returns: whether it is a statement, and so to be skipped
  bool take(std::string_view line);

  /// Where the points that follow belong; both empty if the export does not say.
  const std::string& database() const { return database_; }
  const std::string& retention_policy() const { return retention_policy_; }
  /// Whether that has changed since this was asked last.
  bool moved() { return std::exchange(moved_, false); }

 private:
  bool statements_ = false, moved_ = false;
  std::string database_, retention_policy_;
};

}  // namespace kapacitor
