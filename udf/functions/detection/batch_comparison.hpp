#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What tests of a batch against the batches before it have in common: their options.
struct batch_test_options {
  std::string field;
  std::int64_t batches = 0;  // of the history
  double significance = 0.05;
  bool freeze = false;
  std::string as;

  /// Names of the fields to write. To be called by `check()`.
  void make_names();

  std::string statistic, p, significant, mean, reference_mean, n;
};

/// Declares them: `schema.with(batch_test())`.
inline auto batch_test() {
  return [](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .required("field", &batch_test_options::field, "field to test, a number", udf::not_empty())
        .required("batches", &batch_test_options::batches,
                  "batches of the history that a new one is tested against",
                  udf::between(1, 1'000'000))
        .optional("significance", &batch_test_options::significance,
                  "significance level: a p below it is significant", udf::above_up_to(0.0, 1.0))
        .output_only()
        .flag("freeze", &batch_test_options::freeze,
              "leave a batch that is significant out of the history")
        .optional("as", &batch_test_options::as,
                  "name of the output: all fields written begin with it", udf::not_empty())
        .output_only();
  };
}

/// Fewer values than these, on either side, are not tested.
constexpr std::uint64_t least_tested_values = 2;

/// The result of a test of a batch.
struct batch_verdict {
  std::uint64_t n = 0;  // values of the batch
  std::optional<double> mean = {}, reference_mean = {};
  std::optional<double> statistic = {}, p = {};

  bool significant(const batch_test_options& o) const { return p && *p < o.significance; }
  /// As one point at the batch's tmax. What is empty or not finite is left out.
  void send(const batch_test_options& o, const udf::batch_end& end, udf::emitter& out) const;
};

}  // namespace kapacitor::udf::functions
