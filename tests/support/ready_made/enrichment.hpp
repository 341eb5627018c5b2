#pragma once

#include <string>
#include <vector>

#include "support/ready_made/setting.hpp"
#include "support/temp_dir.hpp"

namespace kapacitor::udf::test {

/// A file that has a row for most hosts of the tests' streams.
inline const std::string& hosts_file() {
  static const test_support::temp_dir folder;
  static const std::string path = [] {
    std::string text = "host,rack,weight,note\nh0,r0,1,first\nh1,r1,2.5,\"a, b\"\n";
    for (int i = 0; i < 1'000; ++i) {
      const auto n = std::to_string(10'000 + i).substr(1);
      text.append("server").append(n).append(",rack").append(std::to_string(i % 10));
      text.append(",").append(n).append(",\n");
    }
    test_support::write_file(folder / "hosts.csv", text);
    return folder / "hosts.csv";
  }();
  return path;
}

inline std::vector<setting> enrichment_settings() {
  return {
      {.function = "enrich",
       .options = {{"file", {hosts_file()}}, {"key", {"host"}}, {"addTag", {"rack"}}},
       .forwards = true},
      {.function = "enrich",
       .variant = "field",
       .options = {{"file", {hosts_file()}},
                   {"key", {"host"}},
                   {"addField", {"weight"}},
                   {"fallback", {"weight", "0.5"}}},
       .forwards = true},
  };
}

}  // namespace kapacitor::udf::test
