#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What is said of a window without values, and for how long.
struct fill_options {
  /// Empty windows one after the other: an answer to a gap of years is bounded.
  static constexpr std::int64_t most_filled = 10'000, usually_filled = 1'000;

  std::string fill = "none";
  std::optional<std::chrono::nanoseconds> max_fill;

  enum class way { none, null, previous, number };
  // By prepare_fill().
  way how = way::none;
  double number = 0;
  std::int64_t fill_windows = 0;  // 0 if `how` is none

  /// Adds what is wrong, for windows that end each `every`.
  void prepare_fill(std::chrono::nanoseconds every, udf::option_problems& problems);
};

/// A name, or a number as a text. Empty: neither.
std::optional<std::pair<fill_options::way, double>> read_fill(const std::string& text);

/// Declares `fill` and `maxFill`: `schema.with(filling())`. `check()` has to call prepare_fill().
inline auto filling() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .optional("fill", &fill_options::fill,
                  "what is said of a window without values: 'none', nothing; 'null', count 0 and "
                  "sum 0, and nothing else; 'zero', 'previous' or a number: count 0 and sum 0, and "
                  "for all else 0, what was said before, or that number",
                  udf::allowed{"one of 'none', 'null', 'zero', 'previous' or a number such as '-1'",
                               [](const udf::option_value& v) {
                                 const auto* text = v.get_if<std::string>();
                                 return text && read_fill(*text);
                               }})
        .output_only()
        .optional("maxFill", &fill_options::max_fill,
                  "longest gap that is filled, at most 10000 times every (1000 times every unless "
                  "given)",
                  udf::at_least(std::chrono::nanoseconds(0)))
        .output_only();
  };
}

/// How far a group's empty windows are filled, and with what.
///
/// Windows are filled from the first one with values on, until as many as allowed were empty one
/// after the other; the next one with values begins anew.
class empty_windows {
 public:
  /// Whether an empty window that ends now is to be filled.
  bool are_filled(const fill_options& o) const { return filled_ >= 0 && filled_ < o.fill_windows; }
  /// A window that is not empty has ended.
  void found_values() { filled_ = 0; }
  /// An empty one has ended. Returns: whether it was the last one to be filled.
  bool filled_one(const fill_options& o) { return ++filled_ == o.fill_windows; }

  /// For fill 'previous': what was said of an output.
  void remember(std::size_t output, std::size_t outputs, double x) {
    if (previous_.empty()) previous_.resize(outputs);
    previous_[output] = x;
  }
  /// What is said of an output of an empty window, if it is no count or sum.
  std::optional<double> value(const fill_options& o, std::size_t output) const {
    if (o.how == fill_options::way::number) return o.number;
    if (o.how == fill_options::way::previous && !previous_.empty()) return previous_[output];
    return std::nullopt;
  }

  auto state() { return std::tie(filled_, previous_); }
  /// Errors: state_error
  void check_state_of(std::size_t outputs) const;

 private:
  std::int64_t filled_ = -1;  // empty windows in a row; -1: none with values was before
  std::vector<std::optional<double>> previous_;  // of each output, or empty
};

}  // namespace kapacitor::udf::functions
