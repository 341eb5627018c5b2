#include "run/metrics.hpp"

#include <fmt/format.h>

namespace kapacitor::generator {
namespace {

constexpr const char* metric_prefix = "kapacitor_udf_generator_";

/// A metric of each leg that is one number of its account.
struct counter {
  const char* name;
  std::uint64_t account::*value;
  const char* type = "counter";
};

constexpr counter counters[] = {{"points_generated_total", &account::generated},
                                {"points_accepted_total", &account::accepted},
                                {"points_rejected_total", &account::rejected},
                                {"points_dropped_total", &account::dropped},
                                {"points_unsent", &account::unsent, "gauge"},
                                {"lines_bytes_total", &account::bytes},
                                {"wire_bytes_total", &account::wire_bytes},
                                {"requests_total", &account::requests},
                                {"retries_total", &account::retries},
                                {"reconnects_total", &account::reconnects},
                                {"outages_total", &account::outages}};

void add_type(std::string& text, const char* name, const char* type) {
  text += fmt::format("# TYPE {}{} {}\n", metric_prefix, name, type);
}

/// As a label's value.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void add_quantiles(std::string& text, const char* name, const std::string& labels,
                   const histogram& h) {
  for (const double q : {0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto seconds = std::chrono::duration<double>(h.quantile(q)).count();
    text += fmt::format("{}{}{{{}quantile=\"{}\"}} {}\n", metric_prefix, name, labels, q, seconds);
  }
}

void add_durations(std::string& text, const char* name, const tally& t,
                   histogram leg_tally::*which) {
  add_type(text, name, "summary");
  for (const auto& leg : t.legs) {
    add_quantiles(text, name, "target=" + quoted(leg.name) + ",", leg.*which);
  }
}

void add_answers(std::string& text, const tally& t) {
  add_type(text, "answers_total", "counter");
  for (const auto& leg : t.legs) {
    for (const auto& [status, count] : leg.points.by_status) {
      text += fmt::format("{}answers_total{{target={},status=\"{}\"}} {}\n", metric_prefix,
                          quoted(leg.name), status, count);
    }
  }
}

}  // namespace

std::string to_metrics(const summary& s) {
  std::string text;
  for (const auto& c : counters) {
    add_type(text, c.name, c.type);
    for (const auto& leg : s.counted.legs) {
      text += fmt::format("{}{}{{target={}}} {}\n", metric_prefix, c.name, quoted(leg.name),
                          leg.points.*c.value);
    }
  }
  add_answers(text, s.counted);
  add_durations(text, "answer_seconds", s.counted, &leg_tally::service_time);
  add_durations(text, "from_schedule_seconds", s.counted, &leg_tally::time_from_schedule);
  add_type(text, "lateness_seconds", "summary");
  add_quantiles(text, "lateness_seconds", "", s.counted.lateness);
  add_type(text, "ticks_skipped_total", "counter");
  text += fmt::format("{}ticks_skipped_total {}\n", metric_prefix, s.counted.skipped);
  return text;
}

}  // namespace kapacitor::generator
