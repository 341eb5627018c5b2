#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/influxdb/http_client.hpp"
#include "base/net/event_loop.hpp"
#include "base/text/error.hpp"

namespace kapacitor::udf::doctor {

/// A task as Kapacitor's HTTP API tells it.
struct kapacitor_task {
  std::string id, error, script;
  bool enabled = false, executing = false;
};

/// Kapacitor did not answer, or not as asked.
class api_error : public user_error {
 public:
  using user_error::user_error;
};

/// What the doctor asks of Kapacitor's HTTP API, and the one thing that it changes.
///
/// Errors: api_error: exit_code::unreachable without an answer, refused if it does not let us or
/// its
///         certificate is not trusted, failed otherwise
class kapacitor_api {
 public:
  explicit kapacitor_api(http_client::settings s) : client_(loop_.io(), std::move(s)) {}

  /// All of them, by their ids, with their scripts.
  std::vector<kapacitor_task> tasks();
  kapacitor_task task(const std::string& id);
  void set_enabled(const std::string& id, bool enabled);

  std::string url() const { return client_.to().text(); }

 private:
  std::string call(http_verb verb, const std::string& path, const std::string& body = {});

  event_loop loop_;
  http_client client_;
};

}  // namespace kapacitor::udf::doctor
