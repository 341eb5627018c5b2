#include "connect/log.hpp"

#include <memory>

namespace kapacitor::udf::host {
namespace {

std::unique_ptr<logger>& current() {
  // Made again only before there are threads.
  static auto made = std::make_unique<logger>(log_settings{});
  return made;
}

}  // namespace

logger& log() {
  return *current();
}

void start_log(const log_settings& settings) {
  current() = std::make_unique<logger>(settings);
}

}  // namespace kapacitor::udf::host
