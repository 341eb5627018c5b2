#include "host/source.hpp"

#include "connect/log.hpp"

namespace kapacitor::udf::host {

source::source(asio::io_context& io, const source_settings& s, intake& to, totals& counts)
    : settings_(s), counts_(counts), duration_(io), idle_(io) {
  if (s.listen) {
    http_input_settings http;
    http.listen = *s.listen;
    http.retention_policy = s.retention_policy;
    if (s.influxdb) http.grace = std::chrono::milliseconds(300);
    auto made = std::make_unique<http_input>(io, http, to, counts);
    http_ = made.get();
    input_ = std::move(made);
  } else {
    input_ = make_file_input(io, s.file, to);
  }
  if (s.influxdb) prepare(*s.influxdb);
  input_->on_end = [this] {
    stopped_ = true;
    duration_.cancel();
    idle_.cancel();
    if (on_end) on_end();
  };
  input_->on_failed = [this](const std::string& why) {
    if (on_failed) on_failed(why);
  };
}

void source::start() {
  input_->start();
  if (http_) log().log(log_level::info, log_line("listening").add("url", http_->url()));
  if (settings_.influxdb && http_) {
    subscription_.emplace(settings_.influxdb->instance, http_->url());
  }
  if (settings_.duration.count() > 0) {
    duration_.expires_after(settings_.duration);
    duration_.async_wait([this](error_code error) {
      if (!error) stop();
    });
  }
  if (settings_.until_idle.count() > 0) watch_idle();
}

// Idle time counts from the first point: whoever writes may take its time to start.
void source::watch_idle() {
  idle_.expires_after(settings_.until_idle);
  idle_.async_wait([this](error_code error) {
    if (error || stopped_) return;
    if (counts_.received > 0 && counts_.received == received_) return stop();
    received_ = counts_.received;
    watch_idle();
  });
}

void source::stop() {
  if (std::exchange(stopped_, true)) return;
  duration_.cancel();
  idle_.cancel();
  subscription_.reset();
  input_->stop();
}

void source::abandon() {
  stopped_ = true;
  duration_.cancel();
  idle_.cancel();
  input_->abandon();
  subscription_.reset();
}

}  // namespace kapacitor::udf::host
