#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "functions/aggregation/empty_windows.hpp"
#include "functions/aggregation/panes.hpp"
#include "functions/points/kept_header.hpp"
#include "functions/windows/live_clock.hpp"
#include "functions/windows/window_grid.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Several aggregates of several fields over windows of time, in one pass.
///
/// Windows end where stretches of `every` end (window_grid.hpp) and hold the points with times in
/// [end − period, end). With every < period they overlap: each is put together of panes, the
/// stretches, which are aggregated once.
///
/// Shape:  n points → a point for each window, with the group's tags; for those that are empty only
///         with `fill`
/// Units:  period, every, grace, maxFill, offset: time of the data
/// Cost:   O(fields) per point; O(fields · period / every) per window; no allocation once as many
///         panes have been alive as there get
/// Source: panes: Li, Maier, Tufte, Papadimos, Tucker, "No pane, no gain" (SIGMOD Record, 2005)
class aggregate {
 public:
  enum class kind { count, sum, mean, min, max, spread, first, last, stddev, variance, percentile };
  static constexpr unsigned state_version = 2;

  struct options : alignment_options, fill_options, udf::clock_options {
    static constexpr std::size_t most_outputs = 64;
    static constexpr std::int64_t most_panes = 10'000;
    static constexpr std::int64_t most_panes_of_percentiles = 1'000;

    std::chrono::nanoseconds period{0}, every{0}, grace{0};
    std::int64_t months = 0;
    std::vector<std::pair<std::string, std::string>> aggregates;                      // what, field
    std::vector<std::tuple<std::string, std::string, std::string>> named_aggregates;  // and name

    static udf::schema<options> describe();
    void check();

    // What check() makes of them.
    struct input {
      std::string field;
      bool with_variance = false;
      std::optional<std::size_t> digest = {};  // which of a pane's, if percentiles are asked for
    };
    struct output {
      std::string name;
      std::size_t input = 0;
      kind what = kind::count;
      double part = 0;  // of a percentile
    };
    std::vector<input> inputs;  // no field twice
    std::vector<output> outputs;
    std::size_t digests = 0;   // inputs with percentiles
    std::int64_t panes = 1;    // of a window
    std::int64_t waiting = 0;  // panes that grace keeps open beyond
    window_grid grid;
  };

  explicit aggregate(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  void on_time(udf::timestamp now, udf::emitter& out);
  /// Where the first window begins that is not answered yet.
  udf::timestamp earliest() const;
  void on_finish(udf::emitter& out);

  auto state() {
    lag_ = live_.lag();
    return std::tie(closed_, panes_, group_, live_, empty_, lag_);
  }
  void migrate(unsigned version, udf::state_reader& in);
  void check_state();

 private:
  static constexpr auto never = std::numeric_limits<std::int64_t>::min();

  class whole_window;

  pane_shape shape() const { return {options_.inputs.size(), options_.digests}; }
  std::int64_t closed_by(std::int64_t time, std::int64_t pane) const;
  template <class Source>
  void close(std::int64_t end, const Source& like, udf::emitter& out);
  void skip_without_any(const udf::point& p, udf::emitter& out) const;
  void end_window(std::int64_t end, const udf::header& like, udf::emitter& out);
  void emit(std::int64_t end, const udf::header& like, udf::emitter& out);
  std::optional<udf::value> value_of(std::size_t output, whole_window& window, udf::emitter& out);

  const options& options_;
  std::int64_t closed_ = never;  // windows that end at this pane's begin, or earlier, are done
  panes panes_;
  kept_header group_;
  live_clock live_;
  empty_windows empty_;
  std::optional<std::chrono::nanoseconds> lag_;  // in a snapshot: so that silence goes on after it
};

}  // namespace kapacitor::udf::functions
