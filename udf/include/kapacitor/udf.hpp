#pragma once

/// Write a user defined function for Kapacitor.
///
/// A function is a plain struct. One instance serves one group of one task:
///
///     struct double_it {
///       void on_point(const udf::point& p, udf::emitter& out) {
///         if (const auto x = p.number("value")) out.emit(p, {{"twice", 2 * *x}});
///       }
///     };
///
///     int main(int argc, char** argv) { return udf::run<double_it>("double_it", argc, argv); }
///
/// Options:  `struct options` with `describe()`             options.hpp
/// State:    `auto state() { return std::tie(a, b); }`      state.hpp
/// Points:   what a received point offers                   point.hpp
/// Answers:  what can be emitted                            emitter.hpp
/// Batches:  `on_begin`, `on_end`                           batch.hpp
/// All of it: make_function                                 detail/adapter.hpp
/// Testing:  `#include <kapacitor/udf/testing.hpp>`         testing.hpp

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/error.hpp>
#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/options.hpp>
#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/point_buffer.hpp>
#include <kapacitor/udf/run.hpp>
#include <kapacitor/udf/state.hpp>
#include <kapacitor/udf/value.hpp>
