#include "functions/enrichment/enrich.hpp"

#include <algorithm>
#include <stdexcept>

namespace kapacitor::udf::functions {
namespace {

template <class Read>
std::vector<column> read_columns(const std::vector<std::string>& texts, Read read) {
  std::vector<column> columns;
  columns.reserve(texts.size());
  for (const auto& text : texts) columns.push_back(read(text));
  return columns;
}

/// A name that two columns of a kind would have.
void check_names(const char* option, const std::vector<column>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name.empty() || columns[i].as.empty()) {
      throw udf::option_error(std::string(option) +
                              " must be a column, or 'column as name', got an empty name");
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (columns[k].as == columns[i].as)
        throw udf::option_error(std::string(option) + " '" + columns[i].as + "' is given twice");
    }
  }
}

const column* find_column(const std::vector<column>& columns, const std::string& name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const column& c) { return c.as == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

/// A cell of a file with that text. Not in quotes unless it must be: numbers are to be numbers.
std::string as_cell(const std::string& text) {
  return text.find_first_of("\",\r\n") == std::string::npos ? text : quoted(text);
}

bool is_of_the_type(const std::string& value, const column& field) {
  table_shape one{{{"key", "key"}}, {}, {{"c", "c", field.type}}, false};
  try {
    const lookup_table table("key,c\n1," + as_cell(value) + "\n", one);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

/// `field`: the column of that name; nullptr if it becomes a tag.
void check_fallback_value(const std::string& name, const std::string& value, const column* field) {
  if (!field && (value.ends_with('\\') || value.find('\n') != std::string::npos)) {
    throw udf::option_error("fallback '" + name +
                            "' must have no line break and no backslash at its end: InfluxDB "
                            "takes neither in a tag");
  }
  if (!field || is_of_the_type(value, *field)) return;
  throw udf::option_error("fallback '" + name + "' must be of the column's type " +
                          std::string(name_of(field->type)) + ", got '" + value + "'");
}

/// What `more` has replaces what is there of the same name.
template <class T>
void merge(std::vector<T>& into, std::span<const T> own, std::span<const T> more) {
  into.clear();
  for (const auto& one : own) {
    const auto same = [&](const T& other) { return other.name == one.name; };
    if (std::none_of(more.begin(), more.end(), same)) into.push_back(one);
  }
  into.insert(into.end(), more.begin(), more.end());
}

}  // namespace

udf::schema<enrich::options> enrich::options::describe() {
  using std::chrono::nanoseconds;
  return udf::schema<options>{}
      .required("file", &options::file, "path of the CSV file; its first line names the columns",
                udf::not_empty())
      .required("key", &options::key,
                "column to find a row by, and tag of the same name; 'column as tag' for another "
                "name; if repeated, all have to be equal",
                udf::not_empty())
      .optional("addTag", &options::add_tag,
                "column to add as a tag; 'column as name' renames it; without addTag and addField "
                "all columns except the keys are added as tags",
                udf::not_empty())
      .optional("addField", &options::add_field,
                "column to add as a field; 'column as name' renames it; 'column as name:type' has "
                "the type int, double, bool or string, not the one that all cells fit",
                udf::not_empty())
      .optional("missing", &options::missing,
                "what becomes of a point whose key is not in the file: 'keep' passes it on, 'drop' "
                "skips it",
                udf::one_of({"keep", "drop"}))
      .optional("fallback", &options::fallback,
                "name and value of a tag or field that is added if the key is not in the file")
      .optional("reload", &options::reload,
                "time from one look whether the file has changed to the next",
                udf::between(nanoseconds(1'000'000), nanoseconds(std::chrono::hours(24 * 7))));
}

table_shape enrich::options::shape() const {
  table_shape s{keys, read_columns(add_tag, column::read),
                read_columns(add_field, column::read_field), false};
  s.all_others = s.tags.empty() && s.fields.empty();
  return s;
}

void enrich::options::check() {
  keys = read_columns(key, column::read);
  drop = missing == "drop";
  const auto all = shape();
  check_names("key", all.keys);
  check_names("addTag", all.tags);
  check_names("addField", all.fields);
  if (drop && !fallback.empty())
    throw udf::option_error("missing 'drop' and fallback do not go together");
  check_fallback(all);
  try {
    source = std::make_shared<table_file>(file, all, reload);
  } catch (const std::exception& problem) {
    throw udf::option_error(std::string("file: ") + problem.what());
  }
  make_fallback();
}

/// Errors: option_error for a name that no column has.
void enrich::options::check_fallback(const table_shape& all) const {
  for (const auto& given : fallback) {
    if (all.all_others || find_column(all.fields, given.first) ||
        find_column(all.tags, given.first))
      continue;
    throw udf::option_error("fallback '" + given.first + "' is no tag or field that is added");
  }
}

/// Values that are missing are one row of a table, read by the same rules. A field has the type of
/// its column.
void enrich::options::make_fallback() {
  if (fallback.empty()) return;
  table_shape one{{{"key", "key"}}, {}, {}, false};
  std::string names = "key", values = "1";
  std::size_t n = 0;
  for (const auto& [name, value] : fallback) {
    const auto* field = find_column(source->fields(), name);
    check_fallback_value(name, value, field);
    std::string column_name(1, 'c');  // put together so: gcc 12 warns of "c" + std::string
    column_name += std::to_string(n++);
    column c{column_name, name};
    if (field) c.type = field->type;
    (field ? one.fields : one.tags).push_back(c);
    names += "," + column_name;
    values += "," + as_cell(value);
  }
  check_names("fallback", one.fields);
  check_names("fallback", one.tags);
  of_missing = std::make_shared<lookup_table>(names + "\n" + values + "\n", one);
}

void enrich::on_point(const udf::point& p, udf::emitter& out) {
  lookup_table::row row;
  if (find(p, options_.source->table(out), row)) return send(p, row, out);
  say_what_is_missing(p, out);
  if (options_.drop) return;
  if (!options_.of_missing) return out.forward(p);
  key_.clear();
  lookup_table::join(key_, "1");
  options_.of_missing->find(key_, row);
  send(p, row, out);
}

/// A tag that the point lacks, or that its key is not in the file.
void enrich::say_what_is_missing(const udf::point& p, udf::emitter& out) const {
  const auto& keys = options_.keys;
  const auto lacks =
      std::find_if(keys.begin(), keys.end(), [&](const column& key) { return !p.tag(key.as); });
  const auto why = lacks == keys.end() ? udf::reason::not_found : udf::reason::missing_tag;
  const auto& what = (lacks == keys.end() ? keys.front() : *lacks).as;
  options_.drop ? out.skip(why, what) : out.note(why, what);
}

bool enrich::find(const udf::point& p, const lookup_table& table, lookup_table::row& row) {
  key_.clear();
  for (const auto& key : options_.keys) {
    const auto value = p.tag(key.as);
    if (!value) return false;
    lookup_table::join(key_, *value);
  }
  return table.find(key_, row);
}

void enrich::send(const udf::point& p, const lookup_table::row& more, udf::emitter& out) {
  if (more.tags.empty()) {
    if (more.fields.empty()) return out.forward(p);
    return out.extend(p, more.fields);
  }
  merge(tags_, p.tags(), more.tags);
  merge(fields_, p.fields(), more.fields);
  out.emit({.name = p.name(),
            .database = p.database(),
            .retention_policy = p.retention_policy(),
            .dimensions = p.dimensions(),
            .tags = tags_,
            .by_name = p.by_name()},
           p.time(), fields_);
}

}  // namespace kapacitor::udf::functions
