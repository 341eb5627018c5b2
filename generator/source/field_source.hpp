#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/line/number.hpp"
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

// Here, because this is where the time goes: for each value of each point.

/// With decimals, numbers beyond this would not fit 64 bits.
inline bool field_source::has_all_digits(double value) const {
  return spec_.decimals == field_spec::all_digits || std::fabs(value) > 1e9;
}

inline char* field_source::write(char* to, double value) const {
  if (!std::isfinite(value)) return to;
  return write_value(copy_padded(to, separator_.data(), separator_size_), value);
}

inline char* field_source::write_value(char* to, double value) const {
  switch (spec_.type) {
    case field_type::real:
      return has_all_digits(value) ? write_shortest(to, value)
                                   : write_decimal(to, value, spec_.decimals);
    case field_type::integer:
      to = write_decimal(to, value, 0);
      *to++ = 'i';
      return to;
    case field_type::boolean:
      return value >= 0.5 ? copy_padded(to, "true            ", 4)
                          : copy_padded(to, "false           ", 5);
    case field_type::text: {
      const auto state = static_cast<std::size_t>(value);
      return copy_padded(to, states_[state].data(), state_sizes_[state]);
    }
  }
  return to;
}

}  // namespace kapacitor::generator
