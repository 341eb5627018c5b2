#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/make_function.hpp>

/// Testing a function without Kapacitor: what goes in and comes out, as plain values.
///
///     const auto out = udf::test::run<ewma>({{"field", {"x"}}}, {{.fields = {{"x", 1.0}}}});
///     EXPECT_EQ(out.points.at(0).number("ewma"), 1.0);
///
/// An engine (engine.hpp) runs the function: what it says is what it says behind Kapacitor. Nothing
/// here needs a test framework; all members are public and comparable, and own what they hold.
namespace kapacitor::udf::test {

/// A field's value that owns its text: a double, an int64, a text or a bool, of what C++ has.
///
/// It compares by type and value: field_value(1) is not field_value(1.0). Use point::number() if
/// that does not matter.
class field_value : public std::variant<double, std::int64_t, std::string, bool> {
 public:
  /// What it holds: std::get<bool>(*p.find("high")) takes it out.
  using base = std::variant<double, std::int64_t, std::string, bool>;
  field_value(std::floating_point auto x) : base(static_cast<double>(x)) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) field_value(T x) : base(static_cast<std::int64_t>(x)) {}
  field_value(std::same_as<bool> auto x) : base(x) {}
  template <std::convertible_to<std::string_view> T>
  field_value(const T& x) : base(std::string(std::string_view(x))) {}
};

/// A point to feed, or one that came out. Members left out have values that suit most tests:
/// `{.fields = {{"x", 1.0}}}` is a point without tags, of measurement "m", at time 0.
struct point {
  std::string name = "m";  // the measurement
  std::string database = "db";
  std::string retention_policy = "autogen";
  std::vector<std::pair<std::string, std::string>> tags = {};    // name and value
  std::vector<std::pair<std::string, field_value>> fields = {};  // name and value
  std::int64_t time = 0;                                         // ns since 1970-01-01 UTC
  // The dimensions, in order; by default all tags, sorted. Of one that came out: always given.
  std::optional<std::vector<std::string>> group_by = {};
  bool by_name = false;  // the measurement is part of the group

  /// The number in a field, of a double or an int; empty if it is missing or none.
  std::optional<double> number(std::string_view field) const;
  /// The field, nullptr if there is none of that name. Lifetime: until the point changes.
  const field_value* find(std::string_view field) const;
};

/// A batch to feed, or one that came out: its points need time, tags and fields only, and the tags
/// of a point are not made of the batch's: give both if the function looks at them.
struct batch {
  std::string name = "m";
  std::vector<std::pair<std::string, std::string>> tags = {};  // the group's
  std::vector<point> points = {};
  std::int64_t tmax = 0;  // ns since 1970-01-01 UTC
  bool by_name = false;
};

/// What a function said since the last call. Warnings are not in it: to see them, give an engine a
/// result_sink.
struct output {
  std::vector<point> points = {};   // single points, in order
  std::vector<batch> batches = {};  // in order
  std::string error = {};           // what ended the task; empty: nothing did
};

/// A function at work, step by step: for tests of snapshots, of the clock, and of the end.
///
///     udf::test::runner before(f, options), after(f, options);
///     before.feed(first_half);
///     EXPECT_EQ(after.restore(before.snapshot()), "");
///     EXPECT_EQ(after.feed(second_half).points.size(), 3u);
///
/// Errors:  none is thrown for what the function does: output::error has it, once. After such an
///          error the task has ended, and every later output is empty.
/// Threads: one at a time; runners are independent.
class runner {
 public:
  /// Starts a task. If the options are wrong, the first output has the error, as Kapacitor would
  /// show it: "NAME: every problem".
  runner(function f, const std::vector<option>& options, task_limits limits = {});
  ~runner();
  runner(runner&&) noexcept;

  /// What the function says to these points: each is grouped as it says itself. Of a function that
  /// wants batches, output::error says so.
  output feed(const std::vector<point>& points);
  /// What the function says to these batches, each of them begun, filled and ended.
  output feed(const std::vector<batch>& batches);
  /// The wall clock says `now`, ns since 1970-01-01 UTC: what does on_time() say?
  output advance(std::int64_t now);
  /// The input has ended: what does on_finish() say? What is fed afterwards is an error.
  output finish();
  /// What Kapacitor would keep: the state of all groups as bytes; empty if there is no state.
  std::string snapshot();
  /// Replaces the state by a snapshot, of this runner or another.
  ///
  /// Returns: why the snapshot cannot be used, and the state is then as it was; empty: restored.
  std::string restore(std::string_view snapshot);

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// What a function says to these points. The input stays open: for what it says at the end, use a
/// runner and its finish().
template <class T>
output run(const std::vector<option>& options, const std::vector<point>& points) {
  return runner(make_function<T>("f"), options).feed(points);
}
/// The same of batches, for functions that take them.
template <class T>
output run(const std::vector<option>& options, const std::vector<batch>& batches) {
  return runner(make_function<T>("f"), options).feed(batches);
}

}  // namespace kapacitor::udf::test
