#include "host/log.hpp"

#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/common.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "host/usage_error.hpp"

namespace kapacitor::udf::host {
namespace {

std::shared_ptr<spdlog::logger> make_log() {
  auto made =
      std::make_shared<spdlog::logger>("host", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  // On a terminal, begin by wiping out the progress line.
  const std::string wipe = ::isatty(STDERR_FILENO) ? "\r\033[K" : "";
  made->set_pattern(wipe + "%Y-%m-%dT%H:%M:%S.%e %l %v");
  made->flush_on(spdlog::level::trace);
  return made;
}

}  // namespace

spdlog::logger& log() {
  static const auto made = make_log();
  return *made;
}

log_fn log_function() {
  return [](log_level level, std::string_view text) {
    log().log(static_cast<spdlog::level::level_enum>(level), "{}", text);
  };
}

void set_log_level(const std::string& level) {
  const auto parsed = spdlog::level::from_str(level == "warn" ? "warning" : level);
  if (parsed == spdlog::level::off && level != "off") {
    throw usage_error(
        fmt::format("--log-level: \"{}\" is none of trace, debug, info, warn, error, off", level));
  }
  log().set_level(parsed);
}

}  // namespace kapacitor::udf::host
