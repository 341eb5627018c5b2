#pragma once

#include <optional>

#include "base/net/listen_address.hpp"
#include "base/options/table.hpp"

namespace kapacitor {

/// --metrics ADDR:PORT. Lifetime: `at` must outlive the rows
void add_metrics_option(option_group& group, std::optional<listen_address>& at);

}  // namespace kapacitor
