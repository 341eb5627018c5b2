#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/child.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor::udf::host {

/// kapacitor-udf-host at work, with a folder for what it writes.
class host_program {
 public:
  /// `words`: the command line without the program; a summary file is added if none is named.
  explicit host_program(std::vector<std::string> words, const std::string& input = "") {
    test_support::write_file(dir / "in", input);
    words.insert(words.begin(), std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udf-host");
    if (std::find(words.begin(), words.end(), "--summary") == words.end())
      words.insert(words.end(), {"--summary", dir / "summary.json"});
    child_ = std::make_unique<test_support::child>(
        std::move(words), test_support::child_streams{dir / "in", dir / "out", dir / "err"});
  }

  /// Waits for its end. Returns: the exit code, -1 if it does not end.
  int wait() { return child_->wait(std::chrono::seconds(60)).value_or(-1); }
  void signal(int number) { child_->signal(number); }
  std::string out() const { return test_support::read_file(dir / "out"); }
  std::string err() const { return test_support::read_file(dir / "err"); }
  nlohmann::json summary() const {
    return nlohmann::json::parse(test_support::read_file(dir / "summary.json"), nullptr, false);
  }
  /// Each line of its output.
  std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> all;
    const auto text = out();
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      all.push_back(nlohmann::json::parse(text.substr(at, end - at), nullptr, false));
      at = end + 1;
    }
    return all;
  }
  /// The port of "listening url=http://127.0.0.1:PORT"; 0 if it did not come to that.
  std::uint16_t port() const { return port_after("listening url=http://127.0.0.1:"); }
  /// Of --metrics, likewise.
  std::uint16_t metrics_port() const { return port_after("metrics served address=127.0.0.1:"); }

  test_support::temp_dir dir;

 private:
  std::uint16_t port_after(const std::string& words) const {
    const auto said = [&] { return err().find(words) != std::string::npos; };
    if (!test_support::eventually(said)) return 0;
    const auto text = err();
    return static_cast<std::uint16_t>(std::stoul(text.substr(text.find(words) + words.size())));
  }

  std::unique_ptr<test_support::child> child_;
};

/// A command for --exec: one of the server's functions.
inline std::string function(const std::string& name) {
  return std::string(KAPACITOR_UDF_BIN) + "/kapacitor-udfd --log-level error --stdio " + name;
}

/// "m,host=h0 x=0 1", ... : as many points, of `hosts` hosts, 1 s apart from `start` s.
inline std::string some_lines(int n, int hosts = 3, long start = 1) {
  std::string text;
  for (int i = 0; i < n; ++i) {
    text += "m,host=h" + std::to_string(i % hosts) + " x=" + std::to_string(i) + " " +
            std::to_string(start + i) + "000000000\n";
  }
  return text;
}

}  // namespace kapacitor::udf::host
