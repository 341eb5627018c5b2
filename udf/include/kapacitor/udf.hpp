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
/// Where to read on
///     what a struct may have, all of it          make_function.hpp
///     options: `struct options`, `describe()`    options.hpp
///     state: `auto state()`                      state.hpp
///     what a received point offers               point.hpp, value.hpp
///     batches: `on_begin`, `on_end`              batch.hpp, point_buffer.hpp
///     what can be emitted                        emitter.hpp, header.hpp
///     why there is no answer                     reason.hpp
///     the end of the input, and the clock        make_function.hpp, "Life cycle"
///     points with wrong times                    clock.hpp
///     a program that serves it to Kapacitor      run.hpp
///     a program that runs it without Kapacitor   #include <kapacitor/udf/engine.hpp>
///     its tests                                  #include <kapacitor/udf/testing.hpp>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/clock.hpp>
#include <kapacitor/udf/emitter.hpp>
#include <kapacitor/udf/error.hpp>
#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/make_function.hpp>
#include <kapacitor/udf/options.hpp>
#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/point_buffer.hpp>
#include <kapacitor/udf/reason.hpp>
#include <kapacitor/udf/run.hpp>
#include <kapacitor/udf/state.hpp>
#include <kapacitor/udf/value.hpp>
