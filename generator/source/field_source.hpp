#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "signal/signal.hpp"
#include "source/disturbance.hpp"

namespace kapacitor::generator {

/// One field of many series: its values, clean and disturbed, and their text.
///
/// Threads: one at a time
class field_source {
 public:
  /// `spec` and `rules` must live as long.
  field_source(const field_spec& spec, std::vector<const anomaly_rule*> rules, std::size_t rows,
               double interval, bool is_first);

  const field_spec& spec() const { return spec_; }
  const std::vector<const anomaly_rule*>& rules() const { return rules_; }
  disturbance& anomalies() { return anomalies_; }

  /// A new series begins in this row with the tick.
  void restart(std::size_t row, const random_stream& random, std::int64_t tick,
               const std::vector<bool>& concerned);

  /// The clean values of one chunk's rows.
  void fill(const tick& t, row_range rows, double* out);
  /// What fill() gave last is the past from now on.
  void keep_last(row_range rows);
  /// Makes of a clean value what the anomaly makes of it. Returns: whether the
  /// point will look different.
  bool disturb(const tick& t, const disturbance::hit& h, double& value);

  /// Writes `name=value` with what separates it from what stands before. Returns: one past it;
  /// `to` if there is no such value, because it is not finite.
  char* write(char* to, double value) const;
  /// How much write() may write.
  std::size_t most_bytes() const;

 private:
  double disturbed(const tick& t, const disturbance::hit& h, double clean);
  /// What was given for the anomaly's first tick.
  double held(const disturbance::hit& h, double at_first);
  bool has_all_digits(double value) const;
  bool same_text(double a, double b) const;
  char* write_value(char* to, double value) const;

  const field_spec& spec_;
  std::vector<const anomaly_rule*> rules_;
  std::unique_ptr<signal> signal_;
  disturbance anomalies_;
  bool is_clamped_, keeps_;
  std::vector<double> before_;  // the clean values of the tick before, where a rule needs them
  std::vector<double> held_;    // what an anomaly that goes on began with
  std::vector<double> clean_;   // of the chunk in work
  std::vector<random_stream> streams_;
  std::string separator_;            // " name=", padded
  std::size_t separator_size_ = 0;   // without the padding
  std::vector<std::string> states_;  // quoted and padded
  std::vector<std::size_t> state_sizes_;
};

}  // namespace kapacitor::generator
