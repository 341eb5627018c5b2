#pragma once

#include <string>

#include "base/influxdb/authorization.hpp"
#include "base/options/table.hpp"
#include "run/settings.hpp"

namespace kapacitor::generator {

/// What options say that only makes sense together.
struct option_texts {
  std::string url, kapacitor_url = "http://127.0.0.1:9092";
  login who;
};

// Each adds the rows of a few groups.
// Lifetime: of `s` and `t`, at least that of the rows, which set them

void add_target_options(option_rows& rows, settings& s, option_texts& t);
void add_data_options(option_rows& rows, settings& s);
void add_rate_options(option_rows& rows, settings& s);
void add_failure_options(option_rows& rows, settings& s);
void add_report_options(option_rows& rows, settings& s);
/// Of the commands replay and check alone.
void add_replay_options(option_rows& rows, settings& s);

/// Makes settings of what the options say together. Errors: usage_error
void finish(settings& s, const option_texts& t);

}  // namespace kapacitor::generator
