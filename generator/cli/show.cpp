#include "cli/show.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/units.hpp"
#include "cli/plot.hpp"
#include "replay/replay_file.hpp"
#include "replay/survey.hpp"
#include "run/replay_workload.hpp"
#include "run/scenario_workload.hpp"
#include "scenario/scenario.hpp"
#include "source/synthetic.hpp"

namespace kapacitor::generator {
namespace {

const char* name_of(field_type type) {
  constexpr const char* names[] = {"real", "integer", "boolean", "text"};
  return names[static_cast<std::size_t>(type)];
}

constexpr std::size_t plot_height = 8;
constexpr std::size_t scale_width = 12;  // left of the drawing
constexpr std::size_t sample_lines = 3;

/// How many characters a drawing may be wide.
std::size_t plot_width() {
  winsize size{};
  const bool is_terminal = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_terminal ? std::clamp<std::size_t>(size.ws_col, 40, 200) - scale_width : 88;
}

std::string first_lines(const scenario& s) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto start = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  std::string text;
  batcher out({}, [&text](batch&& b) { text += b.lines; });
  synthetic_source source(s, {0, std::min(sample_lines, series_of(s))}, {});
  for (std::int64_t tick = 0; tick < 3 && text.empty(); ++tick) {
    const auto offset = tick * s.interval.count();
    source.produce({tick, start + offset, 1, offset}, {0, source.points_per_tick()}, out);
    out.flush();
  }
  return text;
}

/// "value real, count integer".
std::string field_names(const std::vector<field_spec>& fields) {
  constexpr std::size_t most = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(fields.size(), most); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", fields[i].name, name_of(fields[i].type));
  }
  if (fields.size() > most) text += fmt::format(" and {} more", fields.size() - most);
  return text;
}

std::string check_scenario(const settings& s) {
  const auto chosen = chosen_scenario(s, s.operand);
  const auto seconds = std::chrono::duration<double>(chosen.interval).count();
  auto text = fmt::format("{} is right: seed {}\n", s.operand, chosen.seed);
  std::size_t values = 0, series = 0;
  for (const auto& m : chosen.measurements) {
    const auto size = series_set(m).size();
    text += fmt::format("  {}: {} series of {} fields: {}\n", m.name, size, m.fields.size(),
                        field_names(m.fields));
    series += size;
    values += size * m.fields.size();
  }
  text += fmt::format("  {} rules for anomalies and faults{}\n", chosen.anomalies.size(),
                      chosen.churn ? "; series are replaced" : "");
  text +=
      fmt::format("  every {}: {:.6g} points/s, {:.6g} values/s\n", short_duration(chosen.interval),
                  static_cast<double>(series) / seconds, static_cast<double>(values) / seconds);
  const auto step = static_cast<double>(chosen.interval.count());
  if (const auto w = overwriting(step, unit_of(s.precision))) text += "  " + w->text() + "\n";
  text += first_lines(chosen);
  return s.plot ? text + plot(chosen, s.anomalies) : text;
}

std::string check_points(const settings& s) {
  const replay_file file(replay_settings_of(s));
  return to_text(file.description()) + to_text(survey_of(file, unit_of(s.precision)));
}

/// The values of each field of the first series of a scenario.
std::vector<std::vector<double>> first_series(const scenario& s, bool anomalies,
                                              std::size_t points) {
  measurement_source::settings settings;
  settings.labels.all = &s;
  settings.labels.what = &s.measurements[0];
  settings.series = {0, 1};
  settings.interval = std::chrono::duration<double>(s.interval).count();
  settings.anomalies = anomalies;
  measurement_source source(std::move(settings), [](auto, auto) {});
  std::vector<std::vector<double>> columns(s.measurements[0].fields.size());
  for (std::size_t i = 0; i < points; ++i) {
    const auto tick = static_cast<std::int64_t>(i);
    source.skip({tick, 0, 1, tick * s.interval.count()});
    for (std::size_t f = 0; f < columns.size(); ++f) columns[f].push_back(source.first_value(f));
  }
  return columns;
}

}  // namespace

std::string describe_scenarios(const std::string& name) {
  std::string text;
  if (name == "host") throw usage_error("host is this machine itself: it has no text");
  for (const auto& p : presets()) {
    if (p.name == name) return std::string(p.text);
    text += fmt::format("{:12} {}\n", p.name, p.purpose());
  }
  if (!name.empty()) load_scenario(name);  // says which there are
  return text + fmt::format("{:12} {}\n", "host",
                            "This machine's own cpu, mem, load and net, as measurements of these "
                            "names.");
}

std::string check(const settings& s) {
  if (s.operand == "host") throw usage_error("host is this machine itself: nothing to check");
  const bool is_preset = std::any_of(presets().begin(), presets().end(),
                                     [&s](const auto& p) { return p.name == s.operand; });
  return is_preset || s.operand.ends_with(".toml") ? check_scenario(s) : check_points(s);
}

std::string plot(const scenario& s, bool anomalies) {
  const auto& m = s.measurements[0];
  const auto points = 2 * plot_width();
  const auto clean = first_series(s, false, points);
  const auto shown = anomalies ? first_series(s, true, points) : clean;
  const auto head = head_of(m.name, series_set(m).tags(0));
  const auto span = short_duration(s.interval * static_cast<std::int64_t>(points));
  std::string text;
  for (std::size_t f = 0; f < m.fields.size(); ++f) {
    const auto type = m.fields[f].type;
    if (type != field_type::real && type != field_type::integer) continue;
    text += fmt::format("{} {}: {} points in {}\n", head, m.fields[f].name, points, span);
    std::vector<bool> marks;
    for (std::size_t i = 0; i < points; ++i) marks.push_back(shown[f][i] != clean[f][i]);
    text += draw(shown[f], marks, plot_height);
  }
  return text;
}

}  // namespace kapacitor::generator
