#include "functions/enrichment/lookup_table.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/table/column_profile.hpp"
#include "base/table/csv_reader.hpp"
#include "base/text/encoding.hpp"
#include "functions/enrichment/cell_value.hpp"

namespace kapacitor::udf::functions {

/// Puts a table together while it is read.
///
/// No message quotes the file: whoever may define a task chooses the file, and would read in an
/// error what this process may read and they may not.
class lookup_table::loader {
 public:
  loader(lookup_table& table, const table_shape& shape)
      : table_(table), shape_(shape), in_(table.text_) {}

  void load() {
    check_text();
    if (!in_.next()) throw table_error({1, 1}, "no line with the names of the columns");
    check_record();
    take_header();
    while (in_.next()) take_row();
    give_types();
  }

 private:
  void check_text() const;
  void check_record() const {
    if (!in_.wrong().empty()) throw table_error(in_.wrong_place(), std::string(in_.wrong()));
  }
  void take_header();
  void check_names() const;
  void check_row() const;
  void take_key();
  void take_cells();
  void take_row();
  void decide_types();
  void give_types();
  std::size_t place_of(const std::string& name) const;
  std::string_view kept(const csv_record::cell& cell);
  bool is_text(const csv_record::cell& cell) const;
  [[noreturn]] void fail(std::size_t cell, const std::string& what) const {
    throw table_error(in_.place_of_cell(cell), what);
  }
  void add(std::size_t place, const std::string& as, bool field) {
    if (const auto why = why_no_tag(as); !why.empty()) {
      fail(place, "a column whose name " + std::string(why) +
                      ", which InfluxDB does not take: rename it, 'column as name'");
    }
    places_.push_back({place, table_.names_.size(), field, {}, {}, {}});
    table_.names_.push_back(as);
  }
  void add_field(const column& c) {
    add(place_of(c.name), c.as, true);
    places_.back().wanted = &c;
  }

  struct taken {
    std::size_t place;  // in a row
    std::size_t name;   // in names_
    bool field;
    column_profile cells;
    column_verdict type;
    const column* wanted;  // of a field
  };
  void decide(taken& column, column_profile::hints hints);
  [[noreturn]] void refuse_type(const taken& column) const;

  lookup_table& table_;
  const table_shape& shape_;
  csv_reader in_;
  std::size_t columns_ = 0;
  std::vector<std::size_t> keys_;
  std::vector<taken> places_;
  std::vector<std::size_t> column_of_field_;  // index in places_, for each of fields_
  std::string key_;
};

void lookup_table::loader::check_text() const {
  const std::string_view text = table_.text_;
  if (const auto why = why_not_text(text.substr(0, 64)); !why.empty()) {
    throw table_error({1, 1}, "the file " + std::string(why));
  }
  if (text.starts_with("\x1f\x8b")) throw table_error({1, 1}, "the file is gzip: unpack it first");
  const auto at = first_invalid_utf8(text);
  if (at == text.size()) return;
  const auto before = text.substr(0, at);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const auto begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  throw table_error({line, at - begin + 1}, std::string(not_utf8));
}

std::size_t lookup_table::loader::place_of(const std::string& name) const {
  const auto& header = in_.record();
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return i;
  }
  throw table_error(in_.place_of(0), "none of the " + std::to_string(header.size()) +
                                         " columns is called '" + name + "'");
}

void lookup_table::loader::check_names() const {
  const auto& header = in_.record();
  for (std::size_t i = 0; i < columns_; ++i) {
    if (header[i].empty()) fail(i, "a column without a name");
    for (std::size_t k = 0; k < i; ++k) {
      if (header[k] == header[i]) {
        fail(i, "columns " + std::to_string(k + 1) + " and " + std::to_string(i + 1) +
                    " have the same name");
      }
    }
  }
}

void lookup_table::loader::take_header() {
  const auto& header = in_.record();
  columns_ = header.size();
  if (columns_ > most_columns) {
    fail(most_columns, "more than " + std::to_string(most_columns) + " columns");
  }
  check_names();
  for (const auto& key : shape_.keys) keys_.push_back(place_of(key.name));
  for (const auto& tag : shape_.tags) add(place_of(tag.name), tag.as, false);
  for (const auto& field : shape_.fields) add_field(field);
  for (std::size_t i = 0; shape_.all_others && i < columns_; ++i) {
    if (std::find(keys_.begin(), keys_.end(), i) == keys_.end())
      add(i, std::string(header[i]), false);
  }
}

void lookup_table::loader::check_row() const {
  check_record();
  const auto cells = in_.record().size();
  if (cells != columns_) {
    throw table_error(in_.place_of(0), std::to_string(cells) + " cells, but there are " +
                                           std::to_string(columns_) + " columns");
  }
  if (table_.rows_.size() == most_rows)
    throw table_error(in_.place_of(0), "more than " + std::to_string(most_rows) + " rows");
}

/// Errors: table_error if an earlier row has the same key
void lookup_table::loader::take_key() {
  const auto& cells = in_.record();
  key_.clear();
  for (const auto place : keys_) join(key_, cells[place]);
  const auto number = static_cast<std::uint32_t>(table_.rows_.size());
  const auto [at, is_new] = table_.by_key_.try_emplace(key_, number);
  if (is_new) return;
  fail(keys_[0], std::string(keys_.size() > 1 ? "these keys are" : "this key is") + " in line " +
                     std::to_string(table_.rows_[at->second].line) + " already");
}

/// The cell's text, which lives as long as the table.
std::string_view lookup_table::loader::kept(const csv_record::cell& cell) {
  const std::less<> before;
  const std::string_view all = table_.text_;
  const bool within =
      !before(cell.text.data(), all.data()) && !before(all.data() + all.size(), cell.text.data());
  return within ? cell.text : table_.kept_.emplace_back(cell.text);
}

/// A cell in quotes that needs none is text, unless the file has all in quotes.
bool lookup_table::loader::is_text(const csv_record::cell& cell) const {
  if (!cell.quoted || in_.dialect().all_quoted) return false;
  const char special[] = {in_.dialect().separator, '"', '\n', '\r'};
  return cell.text.find_first_of({special, sizeof special}) == std::string_view::npos;
}

/// An empty cell gives nothing, except a field of text if it is in quotes.
void lookup_table::loader::take_cells() {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& column = places_[i];
    const auto& cell = in_.record().at(column.place);
    if (cell.text.empty() && !(cell.quoted && column.field)) continue;
    if (column.field) {
      const bool any = column.wanted->type == field_type::any || column.wanted->pinned;
      column.cells.take(cell.text, in_.line(), any && !cell.text.empty() && is_text(cell));
      table_.fields_.push_back({table_.names_[column.name], kept(cell)});
      column_of_field_.push_back(i);
    } else {
      if (const auto why = why_no_tag(cell.text); !why.empty()) {
        fail(column.place, "a cell that becomes a tag " + std::string(why) +
                               ", which InfluxDB takes in no tag: change the cell, or take the "
                               "column with addField");
      }
      table_.tags_.push_back({table_.names_[column.name], kept(cell)});
    }
  }
}

void lookup_table::loader::take_row() {
  check_row();
  take_key();
  take_cells();
  table_.rows_.push_back({static_cast<std::uint32_t>(table_.tags_.size()),
                          static_cast<std::uint32_t>(table_.fields_.size()),
                          static_cast<std::uint32_t>(in_.line())});
}

/// Errors: table_error for a column that has no one type
void lookup_table::loader::decide_types() {
  column_profile::hints hints;
  hints.codes = true;
  hints.quote_cells = false;
  hints.comma_likely = in_.dialect().separator == ';';
  for (const auto& column : places_) {
    hints.commas_elsewhere = hints.commas_elsewhere || column.cells.has_decimal_comma();
    hints.points_elsewhere = hints.points_elsewhere || column.cells.has_decimal_point();
  }
  for (auto& column : places_) {
    if (column.field) decide(column, hints);
  }
}

void lookup_table::loader::decide(taken& column, column_profile::hints hints) {
  const auto wanted = column.wanted->type;
  hints.codes = wanted == field_type::any || wanted == field_type::text || column.wanted->pinned;
  auto& type = column.type;
  type = column.cells.decide(hints);
  table_.types_.push_back(wanted == field_type::any ? type_of(type.kind) : wanted);
  const auto subject = "addField '" + table_.names_[column.name] + "' ";
  if (wanted != field_type::text) {
    const auto remedy = ": correct it, or addField '" + column.wanted->name + " as " +
                        column.wanted->as + ":string' takes all of it as text";
    if (!type.problem.empty()) throw table_error({type.line, 0}, subject + type.problem + remedy);
    if (!fits(type.kind, wanted)) refuse_type(column);
    if (!type.warning.empty()) table_.warnings_.push_back(subject + type.warning);
  }
  if (wanted != field_type::any) type.kind = kind_of(wanted);
  if (type.kind == column_kind::none) type.kind = column_kind::text;
}

/// Finds the first cell that is not of the type.
void lookup_table::loader::refuse_type(const taken& column) const {
  const auto& wanted = *column.wanted;
  std::size_t i = 0;
  for (const auto& row : table_.rows_) {
    for (; i < row.fields_end; ++i) {
      if (&places_[column_of_field_[i]] != &column) continue;
      column_profile one;
      one.take(*table_.fields_[i].value.text(), row.line);
      if (fits(one.decide({}).kind, wanted.type)) continue;
      const std::string type(name_of(wanted.type));
      throw table_error(
          {row.line, 0},
          "addField '" + wanted.as + "' is no " + type +
              (wanted.pinned ? ", which it was when the task began; InfluxDB refuses a field that "
                               "changes its type: the option can fix it, addField '" +
                                   wanted.name + " as " + wanted.as + ":double'"
                             : ", as the option says"));
    }
  }
  throw table_error({1, 0}, "addField '" + wanted.as + "' is of another type");
}

/// A column has one type: two in one field is what a database refuses.
void lookup_table::loader::give_types() {
  decide_types();
  auto& fields = table_.fields_;
  std::size_t i = 0, kept = 0;
  for (auto& row : table_.rows_) {
    for (; i < row.fields_end; ++i) {
      const auto value = value_of(*fields[i].value.text(), places_[column_of_field_[i]].type);
      if (value) fields[kept++] = {fields[i].name, *value};
    }
    row.fields_end = static_cast<std::uint32_t>(kept);
  }
  fields.resize(kept);
}

lookup_table::lookup_table(std::string text, const table_shape& shape) : text_(std::move(text)) {
  // Names are viewed: they must not move any more.
  names_.reserve(most_columns + shape.tags.size() + shape.fields.size());
  loader(*this, shape).load();
}

bool lookup_table::find(std::string_view key, row& found) const {
  const auto at = by_key_.find(key);
  if (at == by_key_.end()) return false;
  const auto i = at->second;
  const auto before = i == 0 ? extent{} : rows_[i - 1];
  const auto& own = rows_[i];
  found.tags = std::span(tags_).subspan(before.tags_end, own.tags_end - before.tags_end);
  found.fields = std::span(fields_).subspan(before.fields_end, own.fields_end - before.fields_end);
  return true;
}

}  // namespace kapacitor::udf::functions
