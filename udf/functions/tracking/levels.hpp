#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace kapacitor::udf::functions {

/// Named levels of a number, in order of severity, each left later than it is reached.
class levels {
 public:
  using named = std::pair<std::string, double>;  // name, threshold

  /// Reached from the threshold on, left beyond the threshold and `hysteresis` back. With `below`
  /// thresholds descend and are reached from above. `normal` names what is short of all of them.
  ///
  /// Errors: option_error with everything that is wrong
  static levels make(const std::string& normal, const std::vector<named>& all, double hysteresis,
                     bool below);

  bool empty() const { return reached_at_.empty(); }
  std::size_t highest() const { return reached_at_.size(); }
  /// 0 is the normal one.
  const std::string& name(std::size_t level) const { return names_[level]; }
  bool has_name(const std::string& name) const;

  /// The level that x leads to from this one. O(levels passed)
  std::size_t next(std::size_t level, double x) const {
    if (below_) x = -x;
    while (level < reached_at_.size() && x >= reached_at_[level]) ++level;
    while (level > 0 && x < left_below_[level - 1]) --level;
    return level;
  }

 private:
  bool below_ = false;  // thresholds are held as if above, with the other sign
  std::vector<std::string> names_;
  std::vector<double> reached_at_, left_below_;
};

}  // namespace kapacitor::udf::functions
