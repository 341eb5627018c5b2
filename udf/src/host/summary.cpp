#include "host/summary.hpp"

#include <unistd.h>

#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/piece_file.hpp"
#include "base/text/units.hpp"

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
  add_unless_0(text, "unread", t.unread, " bytes of the input, as the run ended before");
  add_unless_0(text, "refused", t.refused, " (in HTTP requests with a bad line, answered 400)");
  if (t.in_future > 0) {
    const auto most = short_duration(std::chrono::nanoseconds(t.furthest_ahead));
    add(text, "future", t.in_future, " points ahead of the clock, by up to " + most);
  }
  add_unless_0(text, "of 1970", t.of_1970, " points: is --precision missing?");
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
  add_reasons(text, "forgotten", t.groups_forgotten, "groups, by the UDF");
  add_unless_0(text, "written", t.written, " to the file");
  add_unless_0(text, "stored", t.stored, " in InfluxDB");
  add_unless_0(text, "snapshots", t.snapshots, "");
  add_unless_0(text, "snapshots", t.snapshots_failed, " could not be written");
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
      {"in_future", t.in_future},
      {"furthest_ahead_ns", t.furthest_ahead},
      {"of_1970", t.of_1970},
      {"unread_bytes", t.unread},
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
      {"snapshots_failed", t.snapshots_failed},
      {"restored", t.restored},
      {"lost", t.lost_points()},
      {"lost_reasons", t.lost},
      {"skipped", t.skipped},
      {"incomplete", t.incomplete},
      {"groups_forgotten", t.groups_forgotten},
      {"warnings", t.warnings},
      {"error", o.error},
      {"rule", o.rule},
      {"exit_code", o.exit_code},
  };
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string write_summary(const std::string& file, const totals& t, const outcome& o) {
  const auto text = summary_json(t, o);
  if (file != "-") return replace_file(file, text);
  const int error = piece_file(STDOUT_FILENO).append(text);
  return error == 0 ? std::string() : std::generic_category().message(error);
}

}  // namespace kapacitor::udf::host
