#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drive/feed.hpp"
#include "drive/input_point.hpp"
#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::host {

/// Whether the names that options give are names that points have: a misspelt one is an error to
/// nobody, and everything stays silent.
///
/// Options of which fields or tags are expected, whatever the UDF: field, x, y, weightField,
/// aggregate and aggregateAs (their second value); tag, key.
/// Cost: a look-up for each name that no point had so far
class name_check {
 public:
  static constexpr std::uint64_t patience = 100;  // points
  static constexpr std::size_t most_names = 20;   // of each kind, that are remembered

  name_check(const std::vector<option>& options, const feed_settings& s);

  /// A point came. `passed`: it is for the UDF.
  void take(const input_point& p, bool passed);
  /// Time for warnings: after `patience` points, and each time their number has doubled.
  bool due();
  /// What is wrong so far, each a sentence that names option and value. `answers`: points that the
  /// UDF has emitted.
  std::vector<std::string> problems(std::uint64_t answers) const;

 private:
  struct wanted {
    std::string option, name;  // "field", "usage"
    bool is_tag = false, seen = false, number = false;
  };
  struct filter {
    std::string flag, value;
    std::vector<std::string> came = {};  // instead
  };

  void add(const option& o);
  void look_at(const input_point& p);
  void find_pair(const input_point& p);
  void add_filtered(std::vector<std::string>& to) const;
  void add_missing(std::vector<std::string>& to) const;
  void add_useless(std::vector<std::string>& to) const;

  std::vector<wanted> wanted_;
  std::vector<filter> filters_;  // measurement, database, retention policy
  std::vector<std::string> fields_, tags_;
  std::uint64_t received_ = 0, passed_ = 0, next_ = patience;
  bool any_unseen_ = true, pair_seen_ = false;
};

}  // namespace kapacitor::udf::host
