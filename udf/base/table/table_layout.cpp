#include "base/table/table_layout.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/line/parse.hpp"
#include "base/table/series_hash.hpp"
#include "base/table/tag_set.hpp"
#include "base/text/encoding.hpp"
#include "base/text/shown.hpp"

namespace kapacitor {

table_layout::table_layout(column_plan plan, table_annotations a, time_format format)
    : plan_(std::move(plan)),
      annotations_(std::move(a)),
      times_(format),
      escaped_measurement_(escape_measurement(plan_.measurement)) {
  for (const auto& t : plan_.tags) tag_prefixes_.push_back(',' + escape_key(t.name) + '=');
  for (const auto& f : plan_.fields) fields_.emplace_back(f.name, f.type, f.is_unsigned);
}

std::size_t table_layout::most(std::size_t bytes) const {
  // A name of a field or measurement that stands in a cell counts as that cell.
  auto size = escaped_measurement_.size() + 8 + 2 * bytes;
  for (const auto& p : tag_prefixes_) size += p.size();
  for (const auto& f : fields_) size += plan_.field_name ? 0 : f.prefix().size() + 4;
  for (const auto& text : annotations_.fallback) size += 2 * text.size() + 4;
  return size;
}

/// A cell, or what #default says of its column.
std::string_view table_layout::cell(const csv_record& cells, std::size_t i) const {
  const auto text = cells[i];
  return text.empty() && i > 0 && i < annotations_.fallback.size() ? annotations_.fallback[i]
                                                                   : text;
}

table_layout::problem table_layout::check(const csv_record& cells, std::uint64_t line,
                                          row& result) {
  if (cells.size() != plan_.header.size()) {
    return {fmt::format("there are {} cells: allowed are {}, as in the header", cells.size(),
                        plan_.header.size()),
            no_cell, true};
  }
  const auto time_cell = cell(cells, plan_.time);
  const auto time = times_.read(time_cell);
  if (!time) {
    return {fmt::format("column \"{}\" is {}, which is no time: {}", plan_.header[plan_.time],
                        shown(time_cell), times_.allowed(time_cell)),
            plan_.time, true};
  }
  result.time = *time;
  result.has_fields = false;
  if (auto wrong = check_key(cells, result); !wrong.what.empty()) return wrong;
  return check_fields(cells, line, result);
}

table_layout::problem table_layout::check_key(const csv_record& cells, row& result) const {
  std::size_t length = escaped_measurement_.size();
  result.series = series_hash(escaped_measurement_);
  if (plan_.measurement_cell) {
    const auto name = cell(cells, *plan_.measurement_cell);
    if (const auto why = why_not_a_name(name); !why.empty()) {
      return {fmt::format("measurement {} {}", shown(name), why), *plan_.measurement_cell};
    }
    result.series = series_hash(name);
    length = 2 * name.size();
  }
  for (std::size_t i = 0; i < plan_.tags.size(); ++i) {
    const auto at = plan_.tags[i].cell;
    const auto value = cell(cells, at);
    if (const auto why = why_not_a_key(value); !why.empty()) {
      return {fmt::format("tag \"{}\" is {}: it {}", plan_.tags[i].name, shown(value), why), at};
    }
    // A sum: tables may have their columns in another order.
    if (!value.empty()) result.series += series_hash(value, series_hash(tag_prefixes_[i]));
    length += tag_prefixes_[i].size() + 2 * value.size();
  }
  if (plan_.tag_set) {
    const auto tags = cells[*plan_.tag_set];
    if (const auto why = why_not_a_tag_set(tags); !why.empty()) return {why, *plan_.tag_set};
    result.series += hash_of_tag_set(tags);
    length += 2 * tags.size();
  }
  if (length <= longest_key) return {};
  return {fmt::format("the tags take {} bytes: allowed are {}", length, longest_key)};
}

table_layout::problem table_layout::check_field(const csv_record& cells, field_column& f,
                                                field_place at) {
  switch (f.take(cell(cells, at.cell), at.line)) {
    case field_column::cell::value:
      at.of.has_fields = true;
      return {};
    case field_column::cell::missing:
      return {};
    default:
      return {fmt::format("column \"{}\" is {}", plan_.header[at.cell],
                          f.why_not(cell(cells, at.cell))),
              at.cell};
  }
}

table_layout::problem table_layout::check_fields(const csv_record& cells, std::uint64_t line,
                                                 row& result) {
  if (plan_.field_name) {
    const auto name = cell(cells, *plan_.field_name);
    if (const auto why = why_not_a_field(name); !why.empty()) {
      return {fmt::format("the field's name {} {}", shown(name), why), *plan_.field_name};
    }
    return check_field(cells, make_named(name), {*plan_.field_value, line, result});
  }
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    auto wrong = check_field(cells, fields_[i], {plan_.fields[i].cell, line, result});
    if (!wrong.what.empty()) return wrong;
  }
  return {};
}

const field_column* table_layout::named(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : &fields_[at->second];
}

field_column& table_layout::make_named(std::string_view name) {
  const auto at = by_name_.find(name);
  if (at != by_name_.end()) return fields_[at->second];
  by_name_.emplace(name, fields_.size());
  return fields_.emplace_back(std::string(name), plan_.value_type, plan_.value_is_unsigned);
}

char* table_layout::write(const csv_record& cells, char* out) const {
  out = write_key(cells, out);
  if (plan_.field_name) {
    const auto* f = named(cell(cells, *plan_.field_name));
    *out++ = ' ';
    out = std::copy(f->prefix().begin(), f->prefix().end(), out);
    return f->write(cell(cells, *plan_.field_value), out);
  }
  char separator = ' ';
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto& f = fields_[i];
    const auto text = cell(cells, plan_.fields[i].cell);
    if (f.is_absent(text)) continue;
    *out++ = separator;
    separator = ',';
    out = std::copy(f.prefix().begin(), f.prefix().end(), out);
    out = f.write(text, out);
  }
  return out;
}

char* table_layout::write_key(const csv_record& cells, char* out) const {
  if (plan_.measurement_cell) {
    out = write_escaped(out, cell(cells, *plan_.measurement_cell), measurement_escapes);
  } else {
    out = std::copy(escaped_measurement_.begin(), escaped_measurement_.end(), out);
  }
  for (std::size_t i = 0; i < plan_.tags.size(); ++i) {
    const auto value = cell(cells, plan_.tags[i].cell);
    if (value.empty()) continue;
    out = std::copy(tag_prefixes_[i].begin(), tag_prefixes_[i].end(), out);
    out = write_escaped(out, value, key_escapes);
  }
  return plan_.tag_set ? write_tag_set(cells[*plan_.tag_set], out) : out;
}

}  // namespace kapacitor
