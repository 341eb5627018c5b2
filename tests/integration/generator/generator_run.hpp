#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/child.hpp"
#include "support/temp_dir.hpp"

namespace generator_test {

/// One run of the generator, with its output and its report.
class generator_run {
 public:
  explicit generator_run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), KAPACITOR_UDF_BIN "/kapacitor-udf-generator");
    flags.insert(flags.end(), {"--summary", folder_ / "report.json"});
    process_.emplace(flags, test_support::child_streams{"", folder_ / "out", folder_ / "err"});
  }

  /// Waits for its end. Returns: the exit code, -1 if it does not end.
  int exit_code(std::chrono::milliseconds within = std::chrono::seconds(40)) {
    return process_->wait(within).value_or(-1);
  }
  void signal(int number) const { process_->signal(number); }

  std::string out() const { return test_support::read_file(folder_ / "out"); }
  std::string err() const { return test_support::read_file(folder_ / "err"); }
  bool said(const std::string& text) const { return err().find(text) != std::string::npos; }
  bool says(const std::string& text) const {
    return test_support::eventually([&] { return said(text); }, std::chrono::seconds(20));
  }

  nlohmann::json report() const {
    return nlohmann::json::parse(test_support::read_file(folder_ / "report.json"), nullptr, false);
  }
  std::int64_t number(const std::string& key) const {
    const auto r = report();
    return r.is_object() && r.contains(key) ? r[key].get<std::int64_t>() : -1;
  }
  bool adds_up() const {
    return number("generated") > 0 &&
           number("generated") ==
               number("accepted") + number("rejected") + number("dropped") + number("unsent");
  }

 private:
  test_support::temp_dir folder_;
  std::optional<test_support::child> process_;
};

}  // namespace generator_test
