#include "functions/registry.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "functions/aggregation/aggregate.hpp"
#include "functions/aggregation/cardinality.hpp"
#include "functions/aggregation/quantile.hpp"
#include "functions/aggregation/top_k.hpp"
#include "functions/detection/anomaly.hpp"
#include "functions/detection/change_point.hpp"
#include "functions/detection/kolmogorov_smirnov.hpp"
#include "functions/detection/outlier_score.hpp"
#include "functions/detection/outliers.hpp"
#include "functions/detection/welch.hpp"
#include "functions/documentation.hpp"
#include "functions/enrichment/enrich.hpp"
#include "functions/plumbing/identity.hpp"
#include "functions/prediction/forecast.hpp"
#include "functions/prediction/time_to.hpp"
#include "functions/signal/filter.hpp"
#include "functions/signal/resample.hpp"
#include "functions/signal/spectrum.hpp"
#include "functions/statistics/correlate.hpp"
#include "functions/statistics/ewma.hpp"
#include "functions/statistics/moving_average.hpp"
#include "functions/statistics/moving_stats.hpp"
#include "functions/tracking/rate.hpp"
#include "functions/tracking/state.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {
namespace {

struct entry {
  std::string_view family, name, summary;
  function (*make)(std::string name, std::string summary);
};

template <class Function>
function make(std::string name, std::string summary) {
  return make_function<Function>(std::move(name), std::move(summary));
}

// In the order in which they are listed; families together.
constexpr entry ready_made[] = {
    {"statistics", "moving_average", "mean of the last points of a field", make<moving_average>},
    {"statistics", "ewma", "exponentially weighted moving average of a field", make<ewma>},
    {"statistics", "moving_stats", "mean, deviation, percentiles and more of the last points",
     make<moving_stats>},
    {"statistics", "correlate", "correlation and least squares line of two fields",
     make<correlate>},
    {"detection", "anomaly", "anomaly score of a field, learning while it runs", make<anomaly>},
    {"detection", "outliers", "points of a batch outside Tukey's fences", make<outliers>},
    {"detection", "outlier_score", "how unusual each point is, judged by those before it",
     make<outlier_score>},
    {"detection", "change_point", "points at which the mean of a field changes",
     make<change_point>},
    {"detection", "t_test", "whether a batch's mean differs from the batches before it",
     make<welch>},
    {"detection", "ks_test", "whether a batch is distributed like the batches before it",
     make<kolmogorov_smirnov>},
    {"prediction", "forecast", "what a field will be in a while, by Holt and Winters",
     make<forecast>},
    {"prediction", "time_to", "time until a field reaches a threshold", make<time_to>},
    {"signal", "filter", "a field smoothed, freed of outliers, or of a band of frequencies",
     make<filter>},
    {"signal", "resample", "fields at regular times, gaps filled", make<resample>},
    {"signal", "spectrum", "strongest frequency of a field and power of bands of frequencies",
     make<spectrum>},
    {"tracking", "rate", "rate, increase or derivative of a counter that may be reset", make<rate>},
    {"tracking", "state", "state of a field: levels with hysteresis, or its own values",
     make<tracked_state>},
    {"aggregation", "aggregate", "several aggregates of several fields over windows",
     make<aggregate>},
    {"aggregation", "quantile", "quantiles of a field over any number of points", make<quantile>},
    {"aggregation", "cardinality", "number of different values of a field or tag",
     make<cardinality>},
    {"aggregation", "top_k", "most frequent values of a field or tag", make<top_k>},
    {"enrichment", "enrich", "adds tags and fields that a CSV file has for a point's tags",
     make<enrich>},
    {"plumbing", "identity", "passes points on as they are", make<identity>},
    {"plumbing", "identity_batch", "passes batches on as they are", make<identity_batch>},
};

}  // namespace

std::vector<function> all() {
  std::vector<function> result;
  for (const auto& one : ready_made) {
    result.push_back(one.make(std::string(one.name), std::string(one.summary)));
    result.back().description = documentation_of(one.name);
    result.back().description.family = one.family;
  }
  return result;
}

}  // namespace kapacitor::udf::functions
