#pragma once

#include <sys/stat.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/server.hpp"
#include "support/eventually.hpp"
#include "support/requests.hpp"
#include "support/sanitized.hpp"
#include "support/temp_dir.hpp"
#include "support/unix_client.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::test {

/// Doubles the field "value".
struct twice {
  void on_point(const point& p, emitter& out) {
    if (const auto x = p.number("value")) out.emit(p, {{"twice", 2 * *x}});
  }
};

/// Sleeps over each point; "value" says how long, in ms.
struct sleeper {
  void on_point(const point& p, emitter& out) {
    const auto ms = p.number("value").value_or(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int>(ms)));
    out.emit(p, {{"slept", ms}});
  }
};

/// What a server logs.
class collected_log {
 public:
  log_sink sink(log_level least = log_level::trace) {
    return {least, [this](log_level level, std::string_view line) {
              const std::lock_guard lock(mutex_);
              lines_.emplace_back(level, line);
            }};
  }
  /// How many lines of that level have this in them.
  std::size_t count(log_level level, std::string_view text) const {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    for (const auto& [l, line] : lines_) n += l == level && line.find(text) != std::string::npos;
    return n;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<log_level, std::string>> lines_;
};

/// A server in this process, with the functions of this file, in a folder of its own.
class running_server {
 public:
  explicit running_server(server::server_settings settings = {},
                          log_level least = log_level::trace) {
    if (settings.threads == 0) settings.threads = 2;
    server_.emplace(settings, log.sink(least));
    server_->serve(make_function<twice>("twice"), path("twice"));
    server_->serve(make_function<sleeper>("sleeper"), path("sleeper"));
    server_->start();
  }

  std::string path(const std::string& function) const { return dir_ / (function + ".sock"); }
  unix_client connect(const std::string& function = "twice") const {
    return unix_client(path(function));
  }
  bool stop() { return server_->stop(); }

  collected_log log;

 private:
  test_support::temp_dir dir_;
  std::optional<server::server> server_;
};

/// A connection that is a task already.
inline unix_client started_task(const std::string& path, const std::string& task = "task") {
  unix_client c(path);
  c.send(frame_of(init_request({}, task)));
  const auto answer = c.receive_answer();
  if (!answer || !answer->init().success()) throw std::runtime_error("init failed");
  return c;
}

inline double field_of(const ::agent::Response& r, const std::string& name) {
  const auto& fields = r.point().fieldsdouble();
  const auto found = fields.find(name);
  return found == fields.end() ? -1 : found->second;
}

inline std::string points(int n, double value = 1) {
  std::string bytes;
  for (int i = 0; i < n; ++i) bytes += frame_of(point_request("a", i, value));
  return bytes;
}

}  // namespace kapacitor::udf::test
