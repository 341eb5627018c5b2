#include "replay/readers.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/line/export_headings.hpp"
#include "base/line/point_reader.hpp"
#include "base/table/series_hash.hpp"
#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

std::size_t count_breaks(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

std::int64_t unit_of(const replay_settings& s) {
  switch (s.time) {
    case time_format::automatic:
    case time_format::ns:
      return 1;
    case time_format::us:
      return 1'000;
    case time_format::ms:
      return 1'000'000;
    case time_format::s:
      return 1'000'000'000;
    case time_format::date:
    case time_format::day_first:
    case time_format::month_first:
    case time_format::excel:
      break;
  }
  throw usage_error(s.path +
                    ": line protocol has numbers for times: allowed are --time-format ns, "
                    "us, ms, s");
}

point_reader::settings reader_settings(text_format format, const replay_settings& s) {
  point_reader::settings how;
  how.format = format;
  how.unit = unit_of(s);
  how.is_file = true;
  how.unsigned_integers = s.unsigned_integers;
  return how;
}

/// The same for tags in another order: to InfluxDB it is the same series.
std::uint64_t series_of(const line_point& p) {
  auto hash = series_hash(p.name);
  for (const auto& t : p.tags) {
    hash = series_hash(t.value, series_hash("=", series_hash(t.name, series_hash(",", hash))));
  }
  return hash;
}

/// All points of a text; `place` is called before each.
void add_points(point_reader& reader, const std::function<void()>& place, index_builder& to) {
  using result = point_reader::step;
  for (auto got = reader.next(); got != result::end; got = reader.next()) {
    const auto& point = reader.point();
    if (got == result::invalid) {
      to.bad(reader.line_number(), reader.error());
    } else if (!point.has_time) {
      to.bad(reader.line_number(), "the time is missing: allowed is m,tag=x field=1 TIME");
    } else {
      place();
      to.look(point);
      to.add(point.time, point.head, series_of(point));
    }
  }
}

}  // namespace

format_guess detect_format(std::string_view text, const std::string& path) {
  auto guess = guess_format(text, text.size() <= enough_to_guess, path);
  if (guess.format) return guess;
  const auto nul = text.substr(0, enough_to_guess).find('\0');
  if (nul != std::string_view::npos) {
    const auto line = count_breaks(text.substr(0, nul));
    throw usage_error(fmt::format("{}:{}: NUL bytes are not allowed", path, line));
  }
  throw usage_error(path +
                    ": cannot tell what it is written in: allowed are CSV with a header row, line "
                    "protocol, influx_inspect's export and Kapacitor's .srpl, which --format csv, "
                    "line, export, srpl says");
}

void index_lines(std::string_view text, const replay_settings& s, bool headings,
                 index_builder& to) {
  export_headings heads;
  auto how = reader_settings(text_format::lines, s);
  if (headings) how.skips = [&heads](std::string_view line) { return heads.take(line); };
  point_reader reader(how, text);
  to.reserve(count_breaks(text));
  const auto place = [&] {
    if (heads.moved()) to.set_place(heads.database(), heads.retention_policy());
  };
  add_points(reader, place, to);
}

void index_recording(std::string_view text, const replay_settings& s, index_builder& to) {
  point_reader reader(reader_settings(text_format::recording, s), text);
  to.reserve(count_breaks(text) / 3 + 1);
  add_points(
      reader, [&] { to.set_place(reader.database(), reader.retention_policy()); }, to);
}

}  // namespace kapacitor::generator
