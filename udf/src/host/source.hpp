#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/net/asio.hpp"
#include "drive/intake.hpp"
#include "drive/totals.hpp"
#include "host/file_input.hpp"
#include "host/http_input.hpp"
#include "host/influxdb.hpp"

namespace kapacitor::udf::host {

struct source_settings {
  file_input_settings file;  // if `listen` is not set
  std::optional<listen_address> listen;
  std::optional<influxdb_settings> influxdb;          // to be subscribed to; with `listen`
  std::string retention_policy = "autogen";           // of requests that name none
  std::chrono::nanoseconds duration{}, until_idle{};  // 0: unbounded
};

/// The input of a run, with its subscription and its bounds in time.
class source {
 public:
  /// Opens the file, or listens. Errors: start_error, run_ended
  source(asio::io_context& io, const source_settings& s, intake& to, totals& counts);

  /// Begins: subscribes, and takes points. Errors: run_ended
  void start();
  /// Orderly: what has been begun with, or is on its way from InfluxDB, is taken.
  void stop();
  void abandon();
  std::uint64_t unread() const { return input_->unread(); }

  std::function<void()> on_end;
  std::function<void(const std::string&)> on_failed;

 private:
  void watch_idle();

  source_settings settings_;
  totals& counts_;
  std::unique_ptr<input> input_;
  http_input* http_ = nullptr;  // input_, if it is one
  std::optional<subscription> subscription_;
  asio::steady_timer duration_, idle_;
  std::uint64_t received_ = 0;
  bool stopped_ = false;
};

}  // namespace kapacitor::udf::host
