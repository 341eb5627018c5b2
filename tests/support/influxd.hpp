#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/http.hpp"
#include "support/temp_dir.hpp"

namespace test_support {

/// Lines of TOML for sections of an influxd's configuration, and what else there is to be in it.
struct influxd_sections {
  std::string http{}, data{}, more{};
};

/// A private InfluxDB 1.x: free loopback port, folder of its own, gone with this object.
///
///     if (!influxd::installed()) GTEST_SKIP() << influxd::missing;
///     influxd db;
///     db.create("x");
///     db.write("x", "m value=1 1");
///     EXPECT_EQ(db.count("x", "m", "value"), 1);
///
/// stop() and start() keep port and data. INFLUXD names the program, if it is not to be
/// the one on the PATH.
class influxd {
 public:
  using sections = influxd_sections;

  static constexpr auto missing =
      "there is no influxd (Debian: apt-get install influxdb, or set INFLUXD)";
  static std::string program() {
    const char* named = std::getenv("INFLUXD");
    return named && *named ? named : "influxd";
  }
  static bool installed() { return on_path(program()); }

  /// Starts it and waits until it answers. Errors: std::runtime_error with the end of its log.
  explicit influxd(sections s = {}) : sections_(std::move(s)) { start(); }

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(port_);
  }
  const temp_dir& folder() const { return folder_; }
  pid_t pid() const { return process_ ? process_->pid() : -1; }

  void start() {
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (port_ == 0) port_ = free_port();
      write_file(folder_ / "influxd.conf", config());
      process_ = std::make_unique<child>(
          std::vector<std::string>{program(), "-config", folder_ / "influxd.conf"},
          child_streams{"", folder_ / "out.log", folder_ / "err.log"});
      if (answers()) return;
      process_.reset();
      if (!started_once_) port_ = 0;  // somebody else took the port meanwhile
    }
    throw std::runtime_error("influxd does not start: " + log());
  }
  /// Orderly. kill(): as by a power cut.
  void stop() { process_.reset(); }
  void kill() {
    process_->signal(SIGKILL);
    process_->wait();
    process_.reset();
  }
  std::string log() const {
    const auto text = read_file(folder_ / "err.log");
    return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
  }

  http_answer write(const std::string& db, std::string_view lines,
                    const std::string& parameters = "") const {
    return http(port_, "POST /write?db=" + url_encoded(db) + parameters, lines);
  }
  /// The whole answer. Times are ns.
  nlohmann::json query(const std::string& q, const std::string& db = "") const {
    const auto answer =
        http(port_, "POST /query?epoch=ns&db=" + url_encoded(db) + "&q=" + url_encoded(q));
    return nlohmann::json::parse(answer.body, nullptr, false);
  }
  /// The text of the answer. `parameters`: such as "&u=root&p=secret".
  std::string ask(const std::string& q, const std::string& parameters = "") const {
    return http(port_, "POST /query?q=" + url_encoded(q) + parameters).body;
  }
  void create(const std::string& db) const { query("CREATE DATABASE \"" + db + "\""); }
  /// How many points of the measurement have the field.
  std::int64_t count(const std::string& db, const std::string& measurement,
                     const std::string& field) const {
    const auto answer = query("SELECT count(\"" + field + "\") FROM \"" + measurement + "\"", db);
    const auto at = nlohmann::json::json_pointer("/results/0/series/0/values/0/1");
    return answer.is_object() && answer.contains(at) ? answer.at(at).get<std::int64_t>() : 0;
  }

 private:
  bool answers() {
    // With TLS it says 400 to who does not speak it.
    const auto up = [this] { return process_->ended() || http(port_, "GET /ping").status != 0; };
    if (!eventually(up, std::chrono::seconds(20)) || process_->ended()) return false;
    return started_once_ = true;
  }

  // One subscriber writes: with more of them InfluxDB reorders what it forwards.
  std::string config() const {
    const auto dir = folder_.path().string();
    return "reporting-disabled = true\nbind-address = \"127.0.0.1:0\"\n"
           "[meta]\n  dir = \"" +
           dir +
           "/meta\"\n"
           "[data]\n  dir = \"" +
           dir + "/data\"\n  wal-dir = \"" + dir + "/wal\"\n" + sections_.data +
           "[monitor]\n  store-enabled = false\n"
           "[subscriber]\n  write-concurrency = 1\n"
           "[http]\n  bind-address = \"" +
           address() + "\"\n" + sections_.http + sections_.more;
  }

  sections sections_;
  temp_dir folder_;
  std::uint16_t port_ = 0;
  bool started_once_ = false;
  std::unique_ptr<child> process_;
};

}  // namespace test_support
