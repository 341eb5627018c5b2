#include "base/metrics/metrics_options.hpp"

#include <string>

namespace kapacitor {

void add_metrics_option(option_group& group, std::optional<listen_address>& at) {
  group
      .add("metrics",
           parsed_value("ADDR:PORT",
                        [&at](const std::string& t) {
                          at.reset();
                          if (t != "off") at = parse_listen_address(t);
                        }),
           "serve /metrics, /livez, /readyz and /status.json over HTTP; port 0: a free one")
      .by_default("off");
}

}  // namespace kapacitor
