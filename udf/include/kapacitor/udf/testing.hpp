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
/// An engine (engine.hpp) runs the function: what it says is what it says behind Kapacitor.
namespace kapacitor::udf::test {

/// A field's value that owns its text.
class field_value : public std::variant<double, std::int64_t, std::string, bool> {
 public:
  using base = std::variant<double, std::int64_t, std::string, bool>;
  field_value(std::floating_point auto x) : base(static_cast<double>(x)) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) field_value(T x) : base(static_cast<std::int64_t>(x)) {}
  field_value(std::same_as<bool> auto x) : base(x) {}
  template <std::convertible_to<std::string_view> T>
  field_value(const T& x) : base(std::string(std::string_view(x))) {}
};

/// A point to feed, or one that came out.
struct point {
  std::string name = "m";  // the measurement
  std::string database = "db";
  std::string retention_policy = "autogen";
  std::vector<std::pair<std::string, std::string>> tags = {};    // name and value
  std::vector<std::pair<std::string, field_value>> fields = {};  // name and value
  std::int64_t time = 0;                                         // ns since 1970-01-01 UTC
  std::optional<std::vector<std::string>> group_by = {};         // dimensions; by default all tags
  bool by_name = false;  // the measurement is part of the group

  /// The number in a field, of a double or an int.
  std::optional<double> number(std::string_view field) const;
  /// The field, nullptr where there is none of that name.
  const field_value* find(std::string_view field) const;
};

/// A batch to feed, or one that came out: its points need time, tags and fields only.
struct batch {
  std::string name = "m";
  std::vector<std::pair<std::string, std::string>> tags = {};  // the group's
  std::vector<point> points = {};
  std::int64_t tmax = 0;  // ns since 1970-01-01 UTC
  bool by_name = false;
};

/// What a function said.
struct output {
  std::vector<point> points = {};   // single points, in order
  std::vector<batch> batches = {};  // in order
  std::string error = {};           // what ended the task; empty: nothing did
};

/// A function at work, step by step.
class runner {
 public:
  /// Where the options are wrong, the first output has the error.
  runner(function f, std::vector<option> options, task_limits limits = {});
  ~runner();
  runner(runner&&) noexcept;

  /// What the function says to these points, or batches: each is grouped as it says itself.
  output feed(const std::vector<point>& points);
  output feed(const std::vector<batch>& batches);
  /// The wall clock says `now`, ns since 1970-01-01 UTC: what does on_time() say?
  output advance(std::int64_t now);
  /// The input has ended: what does on_finish() say? Feed nothing more.
  output finish();
  /// What Kapacitor would keep.
  std::string snapshot();
  /// Returns: the error of a restore that was refused or started fresh; empty: restored.
  std::string restore(std::string_view snapshot);

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

/// What a function says to these points. The input stays open: for what it says at the end, use a
/// runner and its finish().
template <class T>
output run(std::vector<option> options, const std::vector<point>& points) {
  return runner(make_function<T>("f"), std::move(options)).feed(points);
}
template <class T>
output run(std::vector<option> options, const std::vector<batch>& batches) {
  return runner(make_function<T>("f"), std::move(options)).feed(batches);
}

}  // namespace kapacitor::udf::test
