#pragma once

#include <stdexcept>
#include <string>

#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/http.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {

/// A real Kapacitor whose own look for new databases is an hour away.
class kapacitord {
 public:
  static bool installed() { return test_support::on_path("kapacitord"); }

  explicit kapacitord(const std::string& influxdb_url) {
    test_support::write_file(folder_ / "kapacitor.conf", config(influxdb_url));
    process_.emplace(std::vector<std::string>{"kapacitord", "-config", folder_ / "kapacitor.conf"},
                     test_support::child_streams{"", folder_ / "out", folder_ / "err"});
    const auto up = [this] {
      return test_support::http(port_, "GET /kapacitor/v1/ping").status == 204;
    };
    if (!test_support::eventually(up, std::chrono::seconds(20))) {
      throw std::runtime_error("kapacitord does not start: " +
                               test_support::read_file(folder_ / "err"));
    }
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Starts a task that logs the points of a measurement of demo.autogen.
  void watch(const std::string& measurement) const {
    const std::string task =
        R"json({"id":"all","type":"stream","dbrps":[{"db":"demo","rp":"autogen"}],)json"
        R"json("status":"enabled","script":"stream\n    |from()\n        .measurement(')json" +
        measurement + R"json(')\n    |log()"})json";
    const auto answer = test_support::http(port_, "POST /kapacitor/v1/tasks", task,
                                           "Content-Type: application/json\r\n");
    if (answer.status != 200) throw std::runtime_error("kapacitord: " + answer.body);
  }
  /// Whether the task gets to have seen exactly that many points.
  bool saw(int points) const {
    const auto text = "log2 [processed=\\\"" + std::to_string(points) + "\\\"]";
    return test_support::eventually([&] { return graph().find(text) != std::string::npos; });
  }
  std::string graph() const {
    return test_support::http(port_, "GET /kapacitor/v1/tasks/all").body;
  }

 private:
  std::string config(const std::string& influxdb_url) const {
    const auto dir = folder_.path().string();
    return "hostname = \"127.0.0.1\"\ndata_dir = \"" + dir +
           "\"\n[http]\n  bind-address = \"127.0.0.1:" + std::to_string(port_) +
           "\"\n[replay]\n  dir = \"" + dir + "/replay\"\n[storage]\n  boltdb = \"" + dir +
           "/kapacitor.db\"\n[load]\n  dir = \"" + dir +
           "/load\"\n[reporting]\n  enabled = false\n[[influxdb]]\n  enabled = true\n"
           "  name = \"default\"\n  default = true\n  urls = [\"" +
           influxdb_url + "\"]\n  subscriptions-sync-interval = \"1h\"\n";
  }

  test_support::temp_dir folder_;
  std::uint16_t port_ = test_support::free_port();
  std::optional<test_support::child> process_;
};

}  // namespace generator_test
