#include "base/metrics/exposition.hpp"

#include <prometheus/text_serializer.h>

namespace kapacitor {
namespace {

constexpr std::string_view counter_suffix = "_total";

/// OpenMetrics calls a counter's family what comes before _total.
void name_family(std::string& text, const prometheus::MetricFamily& f) {
  if (f.type != prometheus::MetricType::Counter || !f.name.ends_with(counter_suffix)) return;
  const auto name = f.name.size() - counter_suffix.size();
  for (const std::string heading : {"# HELP ", "# TYPE "}) {
    const auto at = text.find(heading + f.name + ' ');
    if (at != std::string::npos) text.erase(at + heading.size() + name, counter_suffix.size());
  }
}

}  // namespace

exposition exposition_for(std::string_view accept) {
  const bool open = accept.find("application/openmetrics-text") != std::string_view::npos;
  return open ? exposition::open_metrics : exposition::prometheus;
}

std::string_view content_type_of(exposition how) {
  return how == exposition::open_metrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

std::string expose(const std::vector<prometheus::MetricFamily>& families, exposition how) {
  const prometheus::TextSerializer writer;
  if (how == exposition::prometheus) return writer.Serialize(families);
  std::string all;
  for (const auto& f : families) {
    auto text = writer.Serialize({f});
    name_family(text, f);
    all += text;
  }
  return all + "# EOF\n";
}

}  // namespace kapacitor
