#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <boost/container/static_vector.hpp>

#include "functions/numeric/compensated_sum.hpp"
#include "functions/points/group_header.hpp"
#include "functions/points/kept_header.hpp"
#include "functions/signal/time_grid.hpp"
#include "functions/windows/live_clock.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Fields at regular times, the multiples of `every` since the epoch.
///
/// A value at a grid time is the last one before (previous), lies on the line between the values
/// before and after (linear), or is the mean of the `every` that begins there (mean). It is emitted
/// with the first point that says what it is; if none comes, by the wall clock one `every` later,
/// so that a point that is a little late still counts. A gap is filled as far as `maxFill`. Points
/// of equal time are one reading, which is complete with its last field or when a later point
/// comes.
///
/// Shape:  n points → a point of the group for each grid time, with the group's tags
/// Units:  every, maxFill: durations
/// Cost:   O(fields) per point and per emitted point, no allocation
class resample {
 public:
  static constexpr std::size_t most_fields = 32;
  static constexpr std::int64_t most_filled = 10'000;  // grid times in a gap

  struct options : udf::clock_options {
    std::vector<std::string> fields;
    std::chrono::nanoseconds every{0};
    std::string method = "previous", as;
    std::optional<std::chrono::nanoseconds> max_fill;
    bool mark_filled = false;

    static udf::schema<options> describe();
    void check();

    enum class way { previous, linear, mean };
    // All by check().
    way how = way::previous;
    std::uint64_t max_fill_ns = 0;
    std::vector<std::string> names, marks;

    /// A line needs the point after: no time makes it due. But a reading waits for its last field.
    bool uses_clock() const { return how != way::linear || fields.size() > 1; }

   private:
    void name_outputs(udf::option_problems& problems);
  };

  explicit resample(const options& o) : options_(o), grid_(o.every.count()) {}

  void on_point(const udf::point& p, udf::emitter& out);
  udf::timestamp earliest() const;
  void on_time(udf::timestamp now, udf::emitter& out);
  void on_finish(udf::emitter& out);

  static constexpr unsigned state_version = 2;
  auto state() { return std::tie(newest_, next_, last_, sums_, group_, live_, reading_); }
  void migrate(unsigned version, udf::state_reader& in);
  void check_state() const;

 private:
  /// The last number of a field, and its time; of means: the last interval's, and its beginning.
  struct known {
    std::optional<double> value;
    std::int64_t time = 0;
    auto state() { return std::tie(value, time); }
  };
  /// The numbers of a field in the interval that is not over.
  struct total {
    compensated_sum sum = {};
    std::uint64_t count = 0;
    auto state() { return std::tie(sum, count); }
    void add(double x) {
      sum.add(x);
      ++count;
    }
    std::optional<double> mean() const;
  };
  using numbers = boost::container::static_vector<std::optional<double>, most_fields>;
  /// The fields of one time, while some are missing: a client may write each to a line of its own.
  struct reading {
    std::int64_t time = 0;
    std::vector<std::optional<double>> first, latest;  // of each field; both empty: nothing waits

    bool waits() const { return !first.empty(); }
    void add(std::int64_t at, const numbers& x);
    void clear();
    auto state() { return std::tie(time, first, latest); }
  };
  class answer_at;

  template <class Source>
  void emit_up_to(std::int64_t time, const numbers& x, const Source& like, udf::emitter& out);
  template <class Source>
  void emit_means_before(std::int64_t end, const Source& like, udf::emitter& out);
  std::optional<double> between(std::size_t field, std::int64_t at, std::int64_t time,
                                const std::optional<double>& x) const;
  bool in_reach(const known& k, std::int64_t at) const;
  bool is_old(const known& k, std::int64_t at) const;
  bool emit_mean(std::int64_t at, const group_header& group, answer_at& answer, udf::emitter& out);
  void add_to_reading(std::int64_t time, const numbers& x, const udf::point& p, udf::emitter& out);
  template <class Source>
  void settle(const Source& like, udf::emitter& out);
  void prepare();
  void take(std::int64_t time, const numbers& x);
  bool fits_the_grid() const;
  void check_reading() const;

  const options& options_;
  time_grid grid_;
  std::optional<std::int64_t> newest_;  // time of the newest point
  std::optional<std::int64_t> next_;    // the first grid time that was not emitted
  std::vector<known> last_;             // of each field
  std::vector<total> sums_;             // of each field, of means only
  kept_header group_;
  live_clock live_;
  reading reading_;  // not of means
};

}  // namespace kapacitor::udf::functions
