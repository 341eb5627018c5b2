#include "host/summary.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/error.hpp"

namespace kapacitor::udf::host {
namespace {

double seconds(std::chrono::nanoseconds d) {
  return std::chrono::duration<double>(d).count();
}

void add(std::string& text, const char* what, std::uint64_t n, const std::string& more = {}) {
  fmt::format_to(std::back_inserter(text), "  {:<9} {}{}\n", what, n, more);
}
void add_unless_0(std::string& text, const char* what, std::uint64_t n, const char* more) {
  if (n > 0) add(text, what, n, more);
}

void add_reasons(std::string& text, const char* what,
                 const std::map<std::string, std::uint64_t>& by_reason, const char* more) {
  std::uint64_t all = 0;
  for (const auto& [reason, n] : by_reason) all += n;
  if (all == 0) return;
  add(text, what, all, std::string(" ") + more);
  for (const auto& [reason, n] : by_reason) {
    fmt::format_to(std::back_inserter(text), "    {} {}\n", n, reason);
  }
}

}  // namespace

std::string summary_text(const totals& t, const outcome& o) {
  auto text = fmt::format("{} {}{}in {:.3f} s\n", o.command, o.function,
                          o.function.empty() ? "" : " ", seconds(o.took));
  add(text, "received", t.received, " points");
  add_unless_0(text, "filtered", t.filtered, " (other measurement, database or retention policy)");
  add_unless_0(text, "refused", t.refused, " (in HTTP requests that had a bad line)");
  if (o.command != "record") {
    const auto batches =
        t.batches_in > 0 ? fmt::format(" in {} batches", t.batches_in) : std::string();
    add(text, "sent", t.sent, fmt::format(" to the UDF{}, {} groups", batches, t.groups));
    add_unless_0(text, "waiting", t.in_windows, " in windows that had not ended");
    add(text, "emitted", t.emitted,
        t.batches_out > 0 ? fmt::format(" in {} batches", t.batches_out) : std::string());
  }
  add_reasons(text, "skipped", t.skipped, "by the UDF, without an answer");
  add_reasons(text, "in part", t.incomplete, "answered by the UDF, but not in full");
  add_unless_0(text, "written", t.written, " to the file");
  add_unless_0(text, "stored", t.stored, " in InfluxDB");
  add_unless_0(text, "snapshots", t.snapshots, "");
  add(text, "lost", t.lost_points(),
      t.in_doubt > 0 ? fmt::format(" ({} of them may be stored)", t.in_doubt) : std::string());
  for (const auto& [reason, n] : t.lost) {
    fmt::format_to(std::back_inserter(text), "    {} {}\n", n, reason);
  }
  if (t.sent > 0 && t.emitted == 0) text += fmt::format("  no answer to {} points\n", t.sent);
  for (const auto& warning : t.warnings) text += "  warning   " + warning + "\n";
  if (!o.error.empty()) text += "  error     " + o.error + "\n";
  return text;
}

std::string summary_json(const totals& t, const outcome& o) {
  nlohmann::ordered_json json = {
      {"command", o.command},
      {"function", o.function},
      {"seconds", seconds(o.took)},
      {"received", t.received},
      {"filtered", t.filtered},
      {"refused", t.refused},
      {"invalid_lines", t.invalid_lines},
      {"sent", t.sent},
      {"unsent", t.unsent},
      {"in_windows", t.in_windows},
      {"groups", t.groups},
      {"batches_in", t.batches_in},
      {"batches_out", t.batches_out},
      {"emitted", t.emitted},
      {"written", t.written},
      {"stored", t.stored},
      {"retries", t.retries},
      {"in_doubt", t.in_doubt},
      {"snapshots", t.snapshots},
      {"restored", t.restored},
      {"lost", t.lost_points()},
      {"lost_reasons", t.lost},
      {"skipped", t.skipped},
      {"incomplete", t.incomplete},
      {"warnings", t.warnings},
      {"error", o.error},
      {"rule", o.rule},
      {"exit_code", o.exit_code},
  };
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void write_summary(const std::string& file, const totals& t, const outcome& o) {
  std::ofstream out(file, std::ios::binary);
  out << summary_json(t, o);
  if (!out.flush()) throw start_error(fmt::format("--summary {}: cannot be written", file));
}

}  // namespace kapacitor::udf::host
