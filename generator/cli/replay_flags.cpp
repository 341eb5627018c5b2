#include "cli/flags.hpp"
#include "base/text/time_text.hpp"

namespace kapacitor::generator {
namespace {

std::int64_t moment_of(const std::string& text) {
  const auto time = read_time(text, time_format::date);
  if (!time) {
    throw usage_error("'" + text +
                      "' is no time: allowed are 2024-05-01T12:00:00Z, \"2024-05-01 12:00:00\"");
  }
  return *time;
}

void add_format(flags& f, replay_settings& r) {
  f.option("--format", "auto|csv|nab|line|export|srpl", "what the file is (auto)",
           [&r](const std::string& t) { r.format = parse_file_format(t); });
  f.option("--time-format", "auto|date|s|ms|us|ns", "of its times (auto; CSV: date, else ns)",
           [&r](const std::string& t) { r.time = parse_time_format(t); });
  f.option("--time-column", "NAME", "of CSV (timestamp, time, ... or the first)",
           [&r](const std::string& t) { r.time_column = t; });
  f.option("--field", "COLUMN[:TYPE][=NAME],...",
           "columns of CSV that become fields; TYPE: float, int, bool, string (all others)",
           [&r](const std::string& t) {
             for (auto& field : parse_field_map(t)) r.fields.push_back(std::move(field));
           });
  flags::repeats(f.option("--tag", "COLUMN[=NAME]",
                          "a column of CSV that becomes a tag; may come again",
                          [&r](const std::string& t) { r.tags.push_back(parse_tag(t)); }));
  f.flag("--skip-bad-lines", "leave them out and count them", [&r] { r.skip_bad_lines = true; });
}

void add_choice(flags& f, replay_settings& r) {
  f.option("--from", "TIME", "only points from then on, as the file has it",
           [&r](const std::string& t) { r.from = moment_of(t); });
  f.option("--until", "TIME", "only points before that",
           [&r](const std::string& t) { r.until = moment_of(t); });
  f.option("--from-db", "NAME", "only points of that database, in a recording or an export",
           [&r](const std::string& t) { r.from_database = t; });
  f.option("--from-rp", "NAME", "only points of that retention policy",
           [&r](const std::string& t) { r.from_retention_policy = t; });
  f.string("--nab-windows", "FILE", "combined_windows.json of NAB: labels of the file",
           r.nab_windows);
}

}  // namespace

void add_replay_flags(CLI::App& app, settings& s) {
  flags f(app, "Replay");
  add_format(f, s.replay);
  add_choice(f, s.replay);
  f.option("--rebase", "now", "the first point is now, distances are kept",
           [&s](const std::string& t) {
             if (t != "now") throw usage_error("'" + t + "' is not now, which is all there is");
             s.replay.rebase = true;
           });
  f.flag("--loop", "again and again, times going on", [&s] { s.replay.loop = true; });
}

}  // namespace kapacitor::generator
