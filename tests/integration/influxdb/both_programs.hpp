#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "integration/generator/generator_run.hpp"
#include "integration/host/host_program.hpp"
#include "support/temp_dir.hpp"

namespace influxdb_test {

/// Of every run, in two requests.
inline constexpr int points = 100;

/// What came of the points of a run.
struct account {
  int exit_code = -1;
  std::int64_t accepted = 0, rejected = 0, lost = 0;  // lost: dropped, or not sent

  bool operator==(const account&) const = default;
  friend std::ostream& operator<<(std::ostream& to, const account& a) {
    return to << "exit " << a.exit_code << ", accepted " << a.accepted << ", rejected "
              << a.rejected << ", lost " << a.lost;
  }
};

struct result {
  account counted;
  std::string said;
};

/// Flags that both programs know, and where to write to.
struct task {
  std::string url;
  std::string database = "out";  // not with --api v2
  std::vector<std::string> flags{};
  bool impatient = false;  // gives up soon
};

/// A program that sends lines of line protocol, 50 in a request.
using sender = std::function<result(const task&, const std::string& lines)>;

inline result run_host(const task& t, const std::string& lines) {
  namespace host = kapacitor::udf::host;
  std::vector<std::string> words{"run",
                                 "--exec",
                                 host::function("identity"),
                                 "--batch",
                                 "50",
                                 "--out-influxdb",
                                 t.database.empty() ? t.url : t.url + "/" + t.database};
  if (t.impatient) words.insert(words.end(), {"--shutdown-timeout", "300ms"});
  words.insert(words.end(), t.flags.begin(), t.flags.end());
  host::host_program program(words, lines);
  result r{{program.wait()}, program.err()};
  const auto summary = program.summary();
  if (!summary.is_object()) return r;
  r.counted.accepted = summary["stored"];
  for (const auto& [reason, lost] : summary["lost_reasons"].items()) {
    (reason.starts_with("InfluxDB: ") ? r.counted.rejected : r.counted.lost) +=
        lost.get<std::int64_t>();
  }
  return r;
}

inline result run_generator(const task& t, const std::string& lines) {
  const test_support::temp_dir folder;
  test_support::write_file(folder / "lines.lp", lines);
  std::vector<std::string> words{
      "replay", folder / "lines.lp", "--speed", "max", "--batch", "50", "--url",
      t.url,    "--subscribe",       "off"};
  if (!t.database.empty()) words.insert(words.end(), {"--db", t.database});
  if (t.impatient) words.insert(words.end(), {"--max-retry-time", "300ms"});
  words.insert(words.end(), t.flags.begin(), t.flags.end());
  generator_test::generator_run program(words);
  result r{{program.exit_code()}, program.err()};
  if (!program.report().is_object()) return r;
  r.counted.accepted = program.number("accepted");
  r.counted.rejected = program.number("rejected");
  r.counted.lost = program.number("dropped") + program.number("unsent");
  return r;
}

struct program {
  const char* name;
  sender send;
};
inline const program both[] = {{"host", run_host}, {"generator", run_generator}};

}  // namespace influxdb_test
