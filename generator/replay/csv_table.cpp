#include "replay/csv_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/line/escape.hpp"
#include "base/line/parse.hpp"
#include "base/text/error.hpp"
#include "base/text/shown.hpp"
#include "replay/csv_cell.hpp"
#include "replay/series_hash.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::array<std::string_view, 6> time_names{"timestamp", "time",  "date",
                                                     "datetime",  "_time", "ts"};

std::string_view times_allowed(time_format format) {
  if (format == time_format::date) {
    return "2024-05-01T12:00:00Z and 2024-05-01 12:00:00[.fff], or numbers where --time-format "
           "says s, ms, us or ns";
  }
  return "numbers since 1970-01-01 in the unit that --time-format says";
}

}  // namespace

std::string measurement_of(const std::string& path) {
  auto name = std::filesystem::path(path).filename();
  if (name.extension() == ".gz") name = name.stem();
  if (!name.stem().empty()) name = name.stem();
  std::string legal = name.string();
  for (char& c : legal) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool foreign = static_cast<unsigned char>(c) >= 0x80;
    if (!plain && !foreign && c != '-' && c != '.') c = '_';
  }
  return legal;
}

csv_table::csv_table(const csv_row& header, const replay_settings& s)
    : measurement_(s.measurement ? *s.measurement : measurement_of(s.path)),
      escaped_measurement_(escape_measurement(measurement_)),
      time_format_(s.time == time_format::automatic ? time_format::date : s.time) {
  for (std::size_t i = 0; i < header.size(); ++i) header_.emplace_back(trimmed(header[i]));
  if (const auto why = why_not_a_name(measurement_); !why.empty()) {
    throw usage_error(fmt::format("measurement '{}' {}", measurement_, why));
  }
  time_ = find_time(s);
  for (const auto& tag : s.tags) {
    tags_.push_back({find(tag.column, "tag"), tag.name, escape_key(tag.name) + '='});
  }
  choose_fields(s);
  fixed_ = escaped_measurement_.size();
  for (const auto& c : tags_) fixed_ += c.prefix.size() + 1;
  for (const auto& c : fields_) fixed_ += c.prefix.size() + 4;
}

std::size_t csv_table::find(std::string_view name, std::string_view what) const {
  const auto at = std::find(header_.begin(), header_.end(), name);
  if (at == header_.end()) {
    throw usage_error(fmt::format("there is no column '{}' for the {}: the header names {}", name,
                                  what, fmt::join(header_, ", ")));
  }
  if (std::find(at + 1, header_.end(), name) != header_.end()) {
    throw usage_error(fmt::format("the header names column '{}' twice", name));
  }
  return static_cast<std::size_t>(at - header_.begin());
}

std::size_t csv_table::find_time(const replay_settings& s) const {
  if (s.time_column) return find(*s.time_column, "time");
  for (const auto name : time_names) {
    const auto at = std::find(header_.begin(), header_.end(), name);
    if (at != header_.end()) return static_cast<std::size_t>(at - header_.begin());
  }
  return 0;
}

void csv_table::choose_fields(const replay_settings& s) {
  for (const auto& f : s.fields) add_field(find(f.column, "field"), f.name, f.type);
  for (std::size_t cell = 0; cell < header_.size() && s.fields.empty(); ++cell) {
    const auto has_cell = [cell](const column& c) { return c.cell == cell; };
    if (cell == time_ || std::any_of(tags_.begin(), tags_.end(), has_cell)) continue;
    const auto why = why_not_a_name(header_[cell]);
    if (!why.empty()) {
      throw usage_error(
          fmt::format("the name of column {}, '{}', {}: --field COLUMN chooses others", cell + 1,
                      header_[cell], why));
    }
    add_field(cell, header_[cell], column_type::automatic);
  }
  if (fields_.empty()) {
    throw usage_error("no column is left for a field: the header names " +
                      fmt::format("{}", fmt::join(header_, ", ")));
  }
}

void csv_table::add_field(std::size_t cell, const std::string& name, column_type type) {
  const auto has_name = [&](const column& c) { return c.name == name; };
  if (std::any_of(fields_.begin(), fields_.end(), has_name)) {
    throw usage_error(fmt::format("field '{}' comes twice", name));
  }
  fields_.push_back({cell, name, escape_key(name) + '=', type});
}

std::string csv_table::check(const csv_row& row, checked& result) {
  if (row.size() != header_.size()) {
    return fmt::format("there are {} cells: allowed are {}, as in the header", row.size(),
                       header_.size());
  }
  const auto time = read_time(trimmed(row[time_]), time_format_);
  if (!time) {
    return fmt::format("{} is no time: allowed are {}", shown(row[time_]),
                       times_allowed(time_format_));
  }
  result.time = *time;
  result.has_fields = false;
  if (auto wrong = check_tags(row, result.series); !wrong.empty()) return wrong;
  for (auto& f : fields_) {
    if (is_absent(row[f.cell], f.type)) continue;
    if (f.type == column_type::automatic) f.type = type_of_cell(row[f.cell]);
    result.has_fields = true;
    if (fits(row[f.cell], f.type)) continue;
    return fmt::format("{} '{}' is {}", "column", header_[f.cell], why_not(row[f.cell], f.type));
  }
  return {};
}

std::string csv_table::check_tags(const csv_row& row, std::uint64_t& series) const {
  std::size_t length = escaped_measurement_.size();
  series = series_hash(escaped_measurement_);
  for (const auto& tag : tags_) {
    const auto value = row[tag.cell];
    if (const auto why = why_not_a_key(value); !why.empty()) {
      return fmt::format("tag '{}' is {}: it {}", tag.name, shown(value), why);
    }
    series = series_hash(value, series_hash(",", series));
    length += tag.prefix.size() + 1 + 2 * value.size();
  }
  if (length <= longest_key) return {};
  return fmt::format("the tags take {} bytes: allowed are {}", length, longest_key);
}

char* csv_table::write(const csv_row& row, char* out) const {
  out = std::copy(escaped_measurement_.begin(), escaped_measurement_.end(), out);
  for (const auto& tag : tags_) {
    if (row[tag.cell].empty()) continue;
    *out++ = ',';
    out = std::copy(tag.prefix.begin(), tag.prefix.end(), out);
    out = write_escaped(out, row[tag.cell], key_escapes);
  }
  char separator = ' ';
  for (const auto& f : fields_) {
    if (is_absent(row[f.cell], f.type)) continue;
    *out++ = separator;
    separator = ',';
    out = std::copy(f.prefix.begin(), f.prefix.end(), out);
    out = write_cell(row[f.cell], f.type, out);
  }
  return out;
}

}  // namespace kapacitor::generator
