// What the examples in the public headers leave out. snippets.py puts each in the place of its line
// "example: FILE NUMBER", and compiles the whole; none may be missing. (FILE NUMBER is no C++:
// run.hpp 2.)
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/engine.hpp>
#include <kapacitor/udf/testing.hpp>

struct matrix {
  std::vector<double> cells;
};
// example: state_bytes.hpp 1

namespace udf = kapacitor::udf;
using std::to_string;

struct ewma {
  struct options {
    std::string field;
    static auto describe() {
      return udf::schema<options>{}.required("field", &options::field, "field to smooth");
    }
  };
  explicit ewma(const options& o) : opt(o) {}
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
  const options& opt;
};

namespace whole_function {
// example: udf.hpp 1
// example: udf.hpp 2
}  // namespace whole_function

namespace of_run {
// example: run.hpp 1
}  // namespace of_run

namespace of_make_function {
// example: make_function.hpp 1
}  // namespace of_make_function

namespace batch_to_point {
struct peak_of_batch {
  // example: batch.hpp 1
  void on_point(const udf::point& p, udf::emitter&) { peak = p.number("x"); }
  // example: batch.hpp 3
  std::optional<double> peak;
};
}  // namespace batch_to_point

namespace batch_to_batch {
struct ratio {
  // example: function.hpp 1
  // example: batch.hpp 2
  void on_point(const udf::point&, udf::emitter&) {}
  std::optional<udf::batch_writer> answer;
};
struct whole_life {
  // example: emitter.hpp 1
  void all(const udf::batch& begin, const udf::point& p, const udf::batch_end& end,
           udf::emitter& out) {
    // example: emitter.hpp 2
  }
};
}  // namespace batch_to_batch

namespace emitting {
void verbs(const udf::point& p, udf::emitter& out) {
  const double mean = 1, score = 2;
  const auto reason = udf::reason::missing_field;
  const std::string name;
  // example: emitter.hpp 3
}
void skipping(const udf::point& p, udf::emitter& out) {
  // example: emitter.hpp 4
}
void header(udf::timestamp time, udf::emitter& out) {
  // example: header.hpp 1
}
}  // namespace emitting

namespace with_clock {
// example: clock.hpp 1
}  // namespace with_clock

namespace one_for_all {
struct counter {
  // example: function.hpp 2
  void on_point(const udf::point&, udf::emitter&) {}
};
}  // namespace one_for_all

namespace errors {
struct options {
  int low = 0, high = 0;
  // example: error.hpp 1
  void all() const {
    // example: error.hpp 2
  }
};
}  // namespace errors

namespace declaring {
const auto rule =
    // example: options.hpp 1
    ;
struct options {
  std::string field, as;
  int size = 1;
  bool keep = false;
};
auto all() {
  // example: options.hpp 2
}
// It would put the comments behind the line before.
// clang-format off
auto output_only() {
  return udf::schema<options>{}
      // example: options.hpp 3
      ;
}
auto shared() {
  return udf::schema<options>{}
      // example: options.hpp 4
      ;
}
// clang-format on
}  // namespace declaring

namespace reading {
void fields(const udf::point& p) {
  // example: point.hpp 1
  static_cast<void>(usage), static_cast<void>(state);
}
void times(const udf::point& p) {
  // example: value.hpp 1
  static_cast<void>(later), static_cast<void>(ns);
}
// example: point_buffer.hpp 1
}  // namespace reading

namespace keeping {
struct first_version {
  // example: state.hpp 1
  double mean = 0;
  udf::timestamp newest;
};
struct second_version {
  // example: state.hpp 2
  double mean = 0;
  udf::timestamp newest;
};
struct third_version {
  // example: state_bytes.hpp 2
  double mean = 0;
  udf::timestamp newest;
};
}  // namespace keeping

namespace running {
void engine(std::span<const udf::tag> tags, std::span<const udf::field> fields,
            udf::timestamp now) {
  // example: engine.hpp 1
}
auto sink() {
  // example: engine.hpp 2
  return print;
}
TEST(Example, OfARun) {
  // example: testing.hpp 1
}
TEST(Example, OfARunner) {
  const auto f = udf::make_function<ewma>("ewma");
  const std::vector<udf::option> options{{"field", {"x"}}};
  const std::vector<udf::test::point> first_half, second_half;
  // example: testing.hpp 2
}
}  // namespace running
