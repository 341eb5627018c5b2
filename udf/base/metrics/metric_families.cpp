#include "base/metrics/metric_families.hpp"

#include <chrono>
#include <utility>

namespace kapacitor {
namespace {

double seconds_of(std::chrono::nanoseconds t) {
  return std::chrono::duration<double>(t).count();
}

}  // namespace

metric_families& metric_families::begin(std::string_view name, std::string_view help,
                                        prometheus::MetricType type) {
  all_.push_back({std::string(name), std::string(help), type, {}});
  return *this;
}
metric_families& metric_families::counter(std::string_view name, std::string_view help) {
  return begin(name, help, prometheus::MetricType::Counter);
}
metric_families& metric_families::gauge(std::string_view name, std::string_view help) {
  return begin(name, help, prometheus::MetricType::Gauge);
}
metric_families& metric_families::histogram(std::string_view name, std::string_view help) {
  return begin(name, help, prometheus::MetricType::Histogram);
}
metric_families& metric_families::summary(std::string_view name, std::string_view help) {
  return begin(name, help, prometheus::MetricType::Summary);
}

metric_families& metric_families::add(double value, labels of) {
  auto& family = all_.back();
  auto& m = family.metric.emplace_back();
  m.label = std::move(of);
  (family.type == prometheus::MetricType::Counter ? m.counter.value : m.gauge.value) = value;
  return *this;
}

metric_families& metric_families::add(std::vector<bucket> buckets, double sum, labels of) {
  auto& m = all_.back().metric.emplace_back();
  m.label = std::move(of);
  m.histogram.sample_count = buckets.empty() ? 0 : buckets.back().cumulative_count;
  m.histogram.sample_sum = sum;
  m.histogram.bucket = std::move(buckets);
  return *this;
}

metric_families& metric_families::add(const kapacitor::histogram& durations, labels of) {
  auto& m = all_.back().metric.emplace_back();
  m.label = std::move(of);
  m.summary.sample_count = durations.count();
  m.summary.sample_sum = seconds_of(durations.total());
  for (const double q : {0.5, 0.9, 0.99, 0.999, 1.0})
    m.summary.quantile.push_back({q, seconds_of(durations.quantile(q))});
  return *this;
}

std::vector<prometheus::MetricFamily> metric_families::take() {
  std::erase_if(all_, [](const auto& family) { return family.metric.empty(); });
  return std::exchange(all_, {});
}

}  // namespace kapacitor
