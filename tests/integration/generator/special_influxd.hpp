#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/http.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {

/// A real InfluxDB that is set up in an unusual way: TLS, users, limits.
class special_influxd {
 public:
  /// Lines of TOML for these sections of its configuration, and what else there is to be in it.
  struct sections {
    std::string http{}, data{}, more{};
  };

  explicit special_influxd(const sections& s) {
    test_support::write_file(folder_ / "influxd.conf", config(s));
    process_ = std::make_unique<test_support::child>(
        std::vector<std::string>{"influxd", "-config", folder_ / "influxd.conf"},
        test_support::child_streams{"", folder_ / "out", folder_ / "err"});
    // With TLS it says 400 to who does not speak it.
    const auto up = [this] { return test_support::http(port_, "GET /ping").status != 0; };
    if (!test_support::eventually(up, std::chrono::seconds(20))) {
      throw std::runtime_error("influxd does not start: " +
                               test_support::read_file(folder_ / "err"));
    }
  }

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(port_);
  }
  std::string query(const std::string& q, const std::string& parameters = "") const {
    return test_support::http(port_, "POST /query?q=" + test_support::url_encoded(q) + parameters)
        .body;
  }

 private:
  std::string config(const sections& s) const {
    const auto dir = folder_.path().string();
    return "reporting-disabled = true\nbind-address = \"127.0.0.1:0\"\n[meta]\n  dir = \"" + dir +
           "/meta\"\n[data]\n  dir = \"" + dir + "/data\"\n  wal-dir = \"" + dir + "/wal\"\n" +
           s.data + "[monitor]\n  store-enabled = false\n[http]\n  bind-address = \"127.0.0.1:" +
           std::to_string(port_) + "\"\n" + s.http + s.more;
  }

  test_support::temp_dir folder_;
  std::uint16_t port_ = test_support::free_port();
  std::unique_ptr<test_support::child> process_;
};

}  // namespace generator_test
