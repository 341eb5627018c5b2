#pragma once

#include <optional>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Passes every point on as it is.
///
/// For measuring, and for the other branch of a join: what a UDF emits has its times in UTC, and
/// Kapacitor's join never matches those with the local times of a query's batches.
///
/// Shape: n points → the same n points
/// Cost:  one copy
struct identity {
  static constexpr auto scope = udf::scope::per_task;

  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
};

/// Passes every batch on as it is.
///
/// Shape: n batches → the same n batches
struct identity_batch {
  static constexpr auto scope = udf::scope::per_task;

  void on_begin(const udf::batch& b, udf::emitter& out) { open.emplace(out.open_batch(b)); }
  void on_point(const udf::point& p, udf::emitter&) { open->forward(p); }
  void on_end(const udf::batch_end& end, udf::emitter&) {
    open->close(end.tmax());
    open.reset();
  }

  std::optional<udf::batch_writer> open;
};

}  // namespace kapacitor::udf::functions
