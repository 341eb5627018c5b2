#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

#include "base/numbers/histogram.hpp"

namespace kapacitor {

/// The metrics of one moment, family by family.
class metric_families {
 public:
  using labels = std::vector<prometheus::ClientMetric::Label>;
  using bucket = prometheus::ClientMetric::Bucket;

  /// Begins a family, which has what is added next. `name` ends with its unit, and with _total if
  /// it is a counter's; `help` is one sentence.
  metric_families& counter(std::string_view name, std::string_view help);
  metric_families& gauge(std::string_view name, std::string_view help);
  metric_families& histogram(std::string_view name, std::string_view help);
  metric_families& summary(std::string_view name, std::string_view help);

  /// To a counter or gauge.
  metric_families& add(double value, labels of = {});
  /// To a histogram; the last bucket is that of all values: infinity.
  metric_families& add(std::vector<bucket> buckets, double sum, labels of = {});

  /// To a summary: its quantiles, in seconds.
  metric_families& add(const kapacitor::histogram& durations, labels of = {});

  /// Families without metrics are left out.
  std::vector<prometheus::MetricFamily> take();

 private:
  metric_families& begin(std::string_view name, std::string_view help, prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> all_;
};

/// A counter that is one number of a T, for tables of them.
template <class T>
struct counter_of {
  const char* name;  // without the program's prefix
  std::uint64_t T::*value;
  const char* help;
};

}  // namespace kapacitor
