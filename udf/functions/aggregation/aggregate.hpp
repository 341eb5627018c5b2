#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "functions/aggregation/accumulator.hpp"
#include "functions/aggregation/epoch.hpp"
#include "functions/points/kept_header.hpp"
#include "functions/windows/live_clock.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Several aggregates of several fields over windows of time, in one pass.
///
/// Windows end at the multiples of `every` since 1970 and hold the points with times in
/// [end − period, end). With every < period they overlap: each is put together of panes, stretches
/// of `every`, which are aggregated once.
///
/// Shape:  n points → a point for each window that is not empty, with the group's tags
/// Units:  period, every, grace: time of the data
/// Cost:   O(fields) per point; O(fields · period / every) per window; no allocation once as many
///         panes have been alive as there get
/// Source: panes: Li, Maier, Tufte, Papadimos, Tucker, "No pane, no gain" (SIGMOD Record, 2005)
class aggregate {
 public:
  enum class kind { count, sum, mean, min, max, spread, first, last, stddev, variance };

  struct options {
    static constexpr std::size_t most_outputs = 64;
    static constexpr std::int64_t most_panes = 10'000;

    std::chrono::nanoseconds period{0}, every{0}, grace{0};
    std::vector<std::pair<std::string, std::string>> aggregates;                      // what, field
    std::vector<std::tuple<std::string, std::string, std::string>> named_aggregates;  // and name

    static udf::schema<options> describe();
    void check();

    // What check() makes of them.
    struct input {
      std::string field;
      bool with_variance = false;
    };
    struct output {
      std::string name;
      std::size_t input = 0;
      kind what = kind::count;
    };
    std::vector<input> inputs;  // no field twice
    std::vector<output> outputs;
    std::int64_t panes = 1;    // of a window
    std::int64_t waiting = 0;  // panes that grace keeps open beyond
  };

  explicit aggregate(const options& o) : options_(o) {}

  void on_point(const udf::point& p, udf::emitter& out);
  void on_time(udf::timestamp now, udf::emitter& out);
  void on_finish(udf::emitter& out);

  auto state() { return std::tie(closed_, numbers_, parts_, group_, live_); }
  void check_state() const;

 private:
  static constexpr auto never = std::numeric_limits<std::int64_t>::min();

  epoch_grid grid() const { return epoch_grid(options_.every); }
  std::int64_t closed_by(std::int64_t time, std::int64_t pane) const;
  template <class Source>
  void close(std::int64_t end, const Source& like, udf::emitter& out);
  void leave_before(std::int64_t pane);
  void skip_without_any(const udf::point& p, udf::emitter& out) const;
  void emit(std::int64_t end, const udf::header& like, udf::emitter& out) const;
  accumulator* pane_of(std::int64_t number);

  const options& options_;
  std::int64_t closed_ = never;  // windows that end at this pane's begin, or earlier, are done
  // The panes alive that have points, by time: their numbers, and for each an accumulator of each
  // input.
  std::vector<std::int64_t> numbers_;
  std::vector<accumulator> parts_;
  kept_header group_;
  live_clock live_;
};

}  // namespace kapacitor::udf::functions
