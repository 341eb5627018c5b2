#include "base/table/point_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/encoding.hpp"
#include "base/text/error.hpp"
#include "base/text/shown.hpp"

namespace kapacitor {
namespace {

bool is_header(const csv_record& record, const std::vector<std::string>& header) {
  if (record.size() != header.size()) return false;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trimmed(without_byte_order_mark(record[i])) != header[i]) return false;
  }
  return true;
}

std::string_view name_of(table_kind kind) {
  switch (kind) {
    case table_kind::plain:
      return "";
    case table_kind::shell:
      return ", of InfluxDB's shell";
    case table_kind::flux:
      return ", of InfluxDB 2";
  }
  return "";
}

}  // namespace

point_table::point_table(std::string_view text, const table_settings& s, point_sink& to)
    : text_(text), settings_(s), dialect_(detect_dialect(text)) {
  read(to);
  if (!decide()) return;
  spans_.clear();
  to.restart();
  read(to);
}

void point_table::read(point_sink& to) {
  csv_reader in(text_, dialect_);
  annotations_ = {};
  while (in.next()) {
    if (!in.wrong().empty()) {
      if (spans_.empty()) {
        throw usage_error(
            fmt::format("{}:{}{}", settings_.path, to_text(in.wrong_place()), in.wrong()));
      }
      to.bad(in.wrong_place().line, fmt::format("{}: {}", in.wrong_place().column, in.wrong()));
    } else if (!spans_.empty() && annotations_.empty()) {
      take_record(in, to);
    } else if (!annotations_.take(in.record())) {
      begin_table(in);
    }
  }
  if (spans_.empty()) throw usage_error(settings_.path + ": has no header row");
}

void point_table::take_record(csv_reader& in, point_sink& to) {
  table_layout::row row;
  const auto wrong = spans_.back().layout->check(in.record(), in.line(), row);
  if (!wrong.what.empty()) {
    if (wrong.is_no_row && take_header(in)) return;
    return to.bad(in.line(), wrong.what);
  }
  if (!row.has_fields) return to.add_without_fields();
  to.add(row.time, in.text(), row.series);
}

/// Whether the record begins another table, or says of it how it is written.
bool point_table::take_header(csv_reader& in) {
  if (annotations_.take(in.record())) return true;
  if (!looks_like_header(in.record())) return false;
  begin_table(in);
  return true;
}

bool point_table::looks_like_header(const csv_record& record) const {
  const auto& last = *spans_.back().layout;
  if (is_header(record, last.plan().header)) return true;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < record.size(); ++i) names.emplace_back(trimmed(record[i]));
  return last.plan().kind != table_kind::plain && kind_of_table(names, {}) == last.plan().kind;
}

void point_table::begin_table(csv_reader& in) {
  auto& layout = layout_for(in.record());
  annotations_ = {};
  spans_.push_back({static_cast<std::size_t>(in.text().data() - text_.data()), &layout});
  find_time_format(in, layout);
}

/// That of an earlier table of the same columns, if there is one: their types are decided together.
table_layout& point_table::layout_for(const csv_record& header) {
  // A table without annotations of its own, behind one that has some, is written likewise.
  for (const auto& known : layouts_) {
    if (!is_header(header, known->plan().header)) continue;
    if (annotations_.empty() || annotations_ == known->annotations()) return *known;
  }
  layouts_.push_back(std::make_unique<table_layout>(plan_columns(header, annotations_, settings_),
                                                    annotations_, settings_.time));
  return *layouts_.back();
}

/// Looks at the times ahead until they tell how they are written: mostly at the first.
void point_table::find_time_format(const csv_reader& from, table_layout& layout) {
  auto& times = layout.times();
  auto ahead = from;
  const auto cell = layout.plan().time;
  bool decided = times.look({});
  while (!decided && ahead.next()) {
    if (ahead.record().size() > cell) decided = times.look(ahead.record()[cell]);
  }
  if (times.is_ambiguous() || times.contradicts_itself()) {
    fail(from.line(), fmt::format("column \"{}\" has dates whose days and months cannot be told "
                                  "apart{}: --time-format dmy or mdy says which is first",
                                  layout.plan().header[cell],
                                  times.contradicts_itself() ? ", some have days first and others "
                                                               "months"
                                                             : ""));
  }
  times.decide();
}

column_profile::hints point_table::hints() const {
  column_profile::hints h;
  h.decimal_comma = settings_.decimal_comma;
  h.comma_likely = dialect_.separator == ';';
  for (const auto& layout : layouts_) {
    for (const auto& f : layout->fields()) {
      h.commas_elsewhere = h.commas_elsewhere || f.profile().has_decimal_comma();
      h.points_elsewhere = h.points_elsewhere || f.profile().has_decimal_point();
    }
  }
  return h;
}

/// Decides all columns. Returns: whether the rows have to be looked at once more
bool point_table::decide() {
  bool again = false;
  const auto h = hints();
  for (const auto& layout : layouts_) {
    for (const auto& note : layout->plan().notes) warnings_.push_back(note);
    for (auto& f : layout->fields()) {
      const auto d = f.decide(h);
      report(f, d);
      again = again || d.look_again;
    }
  }
  return again;
}

void point_table::report(const field_column& f, const field_column::decision& d) {
  if (!d.problem.empty() && !settings_.skip_bad_lines) {
    const bool comma = d.problem.find("comma") != std::string::npos;
    fail(d.line, fmt::format("column \"{0}\" {1}: {2}--field {0}:string takes all of it as text{3}",
                             f.name(), d.problem,
                             comma ? "--decimal comma or --decimal point says which, " : "",
                             settings_.remedy));
  }
  if (!d.warning.empty()) warnings_.push_back(fmt::format("column \"{}\" {}", f.name(), d.warning));
}

void point_table::fail(std::uint64_t line, const std::string& what) const {
  throw usage_error(fmt::format("{}:{}: {}", settings_.path, line, what));
}

const table_layout& point_table::of(std::string_view record) const {
  if (spans_.size() == 1) return *spans_.front().layout;
  const auto at = static_cast<std::size_t>(record.data() - text_.data());
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), at,
                                      [](std::size_t a, const span& s) { return a < s.begin; });
  return *std::prev(after)->layout;
}

char* point_table::write(std::string_view record, csv_record& memory, char* out) const {
  memory.split(record, dialect_.separator);
  return of(record).write(memory, out);
}

std::string point_table::first_field() const {
  const auto& fields = layouts_.front()->fields();
  return fields.empty() ? std::string() : fields.front().name();
}

table_description point_table::description() const {
  table_description d;
  const auto& plan = layouts_.front()->plan();
  d.dialect = name_of_separator(dialect_.separator) + std::string(name_of(plan.kind));
  d.times =
      fmt::format("column \"{}\", {}", plan.header[plan.time], layouts_.front()->times().text());
  d.tables = spans_.size();
  d.warnings = warnings_;
  for (const auto& layout : layouts_) {
    for (const auto& f : layout->fields()) {
      d.fields.push_back({layout->plan().measurement, f.name(), f.type_text()});
    }
  }
  return d;
}

}  // namespace kapacitor
