#include "functions/enrichment/lookup_table.hpp"

#include <algorithm>
#include <stdexcept>

#include "functions/enrichment/csv.hpp"

namespace kapacitor::udf::functions {

column column::read(const std::string& text) {
  constexpr std::string_view word = " as ";
  const auto at = text.find(word);
  if (at == std::string::npos) return {text, text};
  return {text.substr(0, at), text.substr(at + word.size())};
}

/// A colon that no type follows is part of the name.
column column::read_field(std::string text) {
  const auto colon = text.rfind(':');
  const auto type = colon == std::string::npos
                        ? std::nullopt
                        : cell_type::named(std::string_view(text).substr(colon + 1));
  if (type) text.resize(colon);
  auto c = read(text);
  if (type) c.type = *type;
  return c;
}

namespace {

column named(std::string_view name) {
  return {std::string(name), std::string(name)};
}

/// What InfluxDB takes in no name and in no tag; nullptr: nothing.
const char* cannot_be_tag(std::string_view text) {
  if (text.ends_with('\\')) return "ends with a backslash";
  return text.find('\n') == std::string_view::npos ? nullptr : "has a line break";
}

/// Errors: csv::error
void check_tag(const csv::row& row, const csv::cell& cell) {
  const char* wrong = cannot_be_tag(cell.text);
  if (!wrong) return;
  throw csv::error(row.line, cell.column,
                   "a cell that becomes a tag " + std::string(wrong) +
                       ", which InfluxDB takes in no tag: change the cell, or take the column "
                       "with addField");
}

}  // namespace

/// Puts a table together while it is read.
class lookup_table::loader {
  struct taken;

 public:
  loader(lookup_table& table, const table_shape& shape) : table_(table), shape_(shape) {}

  void load() {
    check_text();
    csv::reader in(table_.text_);
    csv::row row;
    if (!in.next(row)) throw csv::error(1, 1, "no line with the names of the columns");
    take_header(row);
    while (in.next(row)) take_row(row);
    give_types();
  }

 private:
  void check_text() const {
    const std::string_view text = table_.text_;
    const auto at = csv::first_invalid_utf8(text);
    if (at == text.size()) return;
    const auto before = text.substr(0, at);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const auto begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    throw csv::error(line, at - begin + 1, "a byte that is no UTF-8");
  }
  void take_header(const csv::row& header);
  void check_row(const csv::row& row) const;
  void take_key(const csv::row& row);
  void take_cells(const csv::row& row);
  void take_row(const csv::row& row);
  void give_types();
  [[noreturn]] void refuse_type(const csv::row& row, const csv::cell& cell, const taken& of) const;
  std::size_t place_of(const csv::row& header, const std::string& name) const;
  void add(std::size_t place, const column& c, bool field) {
    if (cannot_be_tag(c.as)) {
      throw csv::error(1, 1,
                       "a column is to be named so that the name " +
                           std::string(cannot_be_tag(c.as)) +
                           ", which InfluxDB does not take: rename it, 'column as name'");
    }
    places_.push_back({place, table_.names_.size(), field, c.pinned, cell_type(c.type)});
    table_.names_.push_back(c.as);
  }

  struct taken {
    std::size_t place;  // in a row
    std::size_t name;   // in names_
    bool field;
    bool pinned;
    cell_type type;
  };

  lookup_table& table_;
  const table_shape& shape_;
  std::size_t columns_ = 0;
  std::vector<std::size_t> keys_;
  std::vector<taken> places_;
  std::vector<std::size_t> column_of_field_;  // index in places_, for each of fields_
  std::string key_;
};

std::size_t lookup_table::loader::place_of(const csv::row& header, const std::string& name) const {
  std::string known;
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    if (header.cells[i].text == name) return i;
    known += (i ? ", '" : "'") + std::string(header.cells[i].text) + "'";
  }
  throw csv::error(header.line, 1, "no column '" + name + "'; there are " + known);
}

void lookup_table::loader::take_header(const csv::row& header) {
  const auto& cells = header.cells;
  columns_ = cells.size();
  if (columns_ > most_columns) {
    throw csv::error(header.line, cells[most_columns].column,
                     "more than " + std::to_string(most_columns) + " columns");
  }
  for (std::size_t i = 0; i < columns_; ++i) {
    if (cells[i].text.empty())
      throw csv::error(header.line, cells[i].column, "a column without a name");
    for (std::size_t k = 0; k < i; ++k) {
      if (cells[k].text == cells[i].text) {
        throw csv::error(header.line, cells[i].column,
                         "the column '" + std::string(cells[i].text) + "' is there twice");
      }
    }
  }
  for (const auto& key : shape_.keys) keys_.push_back(place_of(header, key.name));
  for (const auto& tag : shape_.tags) add(place_of(header, tag.name), tag, false);
  for (const auto& field : shape_.fields) add(place_of(header, field.name), field, true);
  for (std::size_t i = 0; shape_.all_others && i < columns_; ++i) {
    if (std::find(keys_.begin(), keys_.end(), i) == keys_.end())
      add(i, named(cells[i].text), false);
  }
}

void lookup_table::loader::check_row(const csv::row& row) const {
  const auto cells = row.cells.size();
  if (cells != columns_) {
    throw csv::error(
        row.line, 1,
        std::to_string(cells) + " cells, but there are " + std::to_string(columns_) + " columns");
  }
  if (table_.rows_.size() == most_rows)
    throw csv::error(row.line, 1, "more than " + std::to_string(most_rows) + " rows");
}

/// Errors: csv::error if an earlier row has the same key
void lookup_table::loader::take_key(const csv::row& row) {
  const auto& cells = row.cells;
  key_.clear();
  for (const auto place : keys_) join(key_, cells[place].text);
  const auto number = static_cast<std::uint32_t>(table_.rows_.size());
  const auto [at, is_new] = table_.by_key_.try_emplace(key_, number);
  if (is_new) return;
  throw csv::error(row.line, cells[keys_[0]].column,
                   "the key '" + std::string(cells[keys_[0]].text) + "'" +
                       (keys_.size() > 1 ? " (and the others)" : "") + " is in line " +
                       std::to_string(table_.rows_[at->second].line) + " already");
}

/// An empty cell gives nothing, except a field if it is in quotes.
void lookup_table::loader::take_cells(const csv::row& row) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& column = places_[i];
    const auto& cell = row.cells[column.place];
    if (cell.text.empty() && !(cell.quoted && column.field)) continue;
    if (column.field) {
      if (!column.type.widen(cell.text, cell.quoted)) refuse_type(row, cell, column);
      table_.fields_.push_back({table_.names_[column.name], cell.text});
      column_of_field_.push_back(i);
    } else {
      check_tag(row, cell);
      table_.tags_.push_back({table_.names_[column.name], cell.text});
    }
  }
}

void lookup_table::loader::take_row(const csv::row& row) {
  check_row(row);
  take_key(row);
  take_cells(row);
  table_.rows_.push_back({static_cast<std::uint32_t>(table_.tags_.size()),
                          static_cast<std::uint32_t>(table_.fields_.size()),
                          static_cast<std::uint32_t>(row.line)});
}

void lookup_table::loader::refuse_type(const csv::row& row, const csv::cell& cell,
                                       const taken& of) const {
  const std::string type(cell_type::name_of(of.type.what()));
  const auto& name = table_.names_[of.name];
  const auto why = of.pinned ? "which the column of '" + name + "' had when the task began"
                             : "as addField says of '" + name + "'";
  throw csv::error(row.line, cell.column,
                   "a cell that is no " + type + ", " + why +
                       "; InfluxDB refuses a field that changes its type" +
                       (of.pinned && of.type.what() == cell_type::kind::integer
                            ? ": for numbers like 20.5 write addField '" + name + ":double'"
                            : ""));
}

/// A column has one type: two in one field is what a database refuses.
void lookup_table::loader::give_types() {
  for (std::size_t i = 0; i < table_.fields_.size(); ++i) {
    auto& field = table_.fields_[i];
    field.value = places_[column_of_field_[i]].type.read(*field.value.text());
  }
  for (const auto& place : places_) {
    if (place.field) table_.types_.push_back(place.type.what());
  }
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
