#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "functions/points/output_fields.hpp"
#include "functions/tracking/levels.hpp"
#include "functions/windows/ring.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The state that a field is in, since when, for how many points, and how often it has changed of
/// late.
///
/// The states are levels of a number, with hysteresis, or the values of a string, a bool or an int
/// as they are. A change may have to last before it is believed. A point without such a value
/// is skipped.
///
/// Shape: n points → n points, four to six fields each; with `keep` the point's other fields too
/// Units: minDuration, changesWithin: time of the data; minPoints, flapping: points, changes
/// Cost:  O(1) amortised; no allocation, but for a longer name than any before
class tracked_state {
 public:
  static constexpr std::size_t longest_name = 256;    // bytes; of a longer text, the first ones
  static constexpr std::int64_t most_changes = 1000;  // that are counted within the window

  struct options : output_options, udf::clock_options {
    std::string field;
    std::vector<levels::named> level;
    std::string normal_state = "ok";
    double hysteresis = 0;
    std::string direction = "above";
    std::int64_t min_points = 1;
    std::chrono::nanoseconds min_duration{0}, changes_within{0};
    std::optional<std::int64_t> flapping;
    std::chrono::nanoseconds unit = std::chrono::seconds(1);

    options() { as = "state"; }
    static udf::schema<options> describe();
    void check();

    // Made by check().
    levels by_level;
    std::string as_duration, as_count, as_changed, as_changes, as_flapping;
  };

  explicit tracked_state(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const {
    return started() ? udf::timestamp(std::chrono::nanoseconds(newest_)) : udf::timestamp::min();
  }
  void set_back(udf::timestamp to);

  auto state() {
    return std::tie(count_, current_, since_, newest_, candidate_count_, candidate_,
                    candidate_since_, level_, changes_);
  }
  void check_state() const;

 private:
  class value_name;

  void note_cut_name(const udf::point& p, std::size_t size, udf::emitter& out) const;
  void skip_without_state(const udf::point& p, udf::emitter& out) const;
  bool started() const { return count_ != 0; }
  bool take(std::int64_t time, std::string_view name);
  bool believes(std::int64_t time, std::string_view name);
  void count_changes(std::int64_t time, bool changed, udf::emitter& out);
  void send(const udf::point& p, bool changed, udf::emitter& out) const;

  const options& options_;
  std::uint64_t count_ = 0;  // points in the current state; 0: no point has come
  std::string current_;
  std::int64_t since_ = 0, newest_ = 0;
  // The state that the newest points are in if that is not believed yet.
  std::uint64_t candidate_count_ = 0;
  std::string candidate_;
  std::int64_t candidate_since_ = 0;
  std::uint64_t level_ = 0;     // that of the newest point, believed or not
  ring<std::int64_t> changes_;  // times of those within the window
};

}  // namespace kapacitor::udf::functions
