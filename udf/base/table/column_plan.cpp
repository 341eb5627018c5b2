#include "base/table/column_plan.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/line/escape.hpp"
#include "base/text/encoding.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

constexpr std::array<std::string_view, 6> time_names{"timestamp", "time",  "date",
                                                     "datetime",  "_time", "ts"};

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::optional<std::size_t> place_of(const std::vector<std::string>& header, std::string_view name) {
  const auto at = std::find(header.begin(), header.end(), name);
  if (at == header.end()) return std::nullopt;
  return static_cast<std::size_t>(at - header.begin());
}

/// What an annotation says of a column; empty if it says nothing.
std::string_view word_of(const std::vector<std::string>& annotation, std::size_t cell) {
  return cell < annotation.size() ? std::string_view(annotation[cell]) : std::string_view();
}

struct typed {
  column_type type = column_type::automatic;
  bool is_unsigned = false;
};

typed annotated_type(std::string_view datatype) {
  if (datatype == "double") return {column_type::floating, false};
  if (datatype == "long") return {column_type::integer, false};
  if (datatype == "unsignedLong") return {column_type::integer, true};
  if (datatype == "boolean") return {column_type::boolean, false};
  const bool text = datatype == "string" || datatype == "duration" || datatype == "base64Binary" ||
                    datatype.starts_with("dateTime");
  return {text ? column_type::string : column_type::automatic, false};
}

/// Makes a plan, column by column.
class planner {
 public:
  planner(const csv_record& header, const table_annotations& a, const table_settings& s)
      : annotations_(a), settings_(s) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      plan_.header.emplace_back(trimmed(without_byte_order_mark(header[i])));
    }
    plan_.kind = kind_of_table(plan_.header, a);
    used_.resize(header.size());
    // They may be longer than the header.
    if (annotations_.datatype.size() > header.size()) annotations_.datatype.resize(header.size());
  }

  column_plan make() {
    refuse_errors_of_a_query();
    refuse_columns_of_the_shell();
    plan_.time = find_time();
    use(plan_.time);
    for (const auto& t : settings_.tags) add_tag(find(t.column, "tag"), t.name);
    find_measurement();
    if (plan_.kind == table_kind::shell) find_tag_set();
    if (settings_.fields.empty()) find_fields();
    for (const auto& f : settings_.fields) add_field(find(f.column, "field"), f.name, {f.type});
    if (plan_.fields.empty() && !plan_.field_value) {
      throw usage_error(fmt::format("{}: no column is left for a field: the header names {}",
                                    settings_.path, listed()));
    }
    return std::move(plan_);
  }

 private:
  std::string listed() const { return fmt::format("{}", fmt::join(plan_.header, ", ")); }
  void use(std::size_t cell) { used_[cell] = true; }
  bool annotated(std::string_view word) const {
    return std::find(annotations_.datatype.begin(), annotations_.datatype.end(), word) !=
           annotations_.datatype.end();
  }

  /// InfluxDB 2 writes the error of a query as a table.
  void refuse_errors_of_a_query() const {
    if (!place_of(plan_.header, "error") || !place_of(plan_.header, "reference")) return;
    throw usage_error(settings_.path +
                      ": holds the error of a query instead of points: the column \"error\" says "
                      "what is wrong");
  }

  void refuse_columns_of_the_shell() const {
    if (!is_printed_by_the_shell(plan_.header[0])) return;
    throw usage_error(settings_.path +
                      ": is what InfluxDB's shell prints for people, columns without separators: "
                      "influx -format csv writes what can be read");
  }

  std::size_t find(std::string_view name, std::string_view what) const {
    const auto& header = plan_.header;
    const auto at = place_of(header, name);
    if (!at) {
      throw usage_error(fmt::format("{}: there is no column \"{}\" for the {}: the header names {}",
                                    settings_.path, name, what, listed()));
    }
    if (std::count(header.begin(), header.end(), name) > 1) {
      throw usage_error(
          fmt::format("{}: the header names column \"{}\" twice", settings_.path, name));
    }
    return *at;
  }

  std::size_t find_time() const {
    if (settings_.time_column) return find(*settings_.time_column, "time");
    if (const auto at = place_of(annotations_.datatype, "time")) return *at;
    const auto& header = plan_.header;
    if (plan_.kind == table_kind::flux) {
      for (const auto* name : {"_time", "_stop", "_start"}) {
        if (const auto at = place_of(header, name)) return *at;
      }
    }
    for (std::size_t i = 0; i < annotations_.datatype.size() && i < header.size(); ++i) {
      if (annotations_.datatype[i].starts_with("dateTime") && !header[i].starts_with('_')) return i;
    }
    for (const auto name : time_names) {
      const auto is = [name](const std::string& h) { return lower(h) == name; };
      const auto at = std::find_if(header.begin(), header.end(), is);
      if (at != header.end()) return static_cast<std::size_t>(at - header.begin());
    }
    return header[0].empty() && header.size() > 1 ? 1 : 0;
  }

  void find_measurement() {
    auto at = place_of(annotations_.datatype, "measurement");
    if (!at && plan_.kind == table_kind::shell) at = place_of(plan_.header, "name");
    if (!at && plan_.kind == table_kind::flux) at = place_of(plan_.header, "_measurement");
    if (at) use(*at);
    if (at && (!settings_.measurement || settings_.measurement_yields)) {
      plan_.measurement_cell = at;
      return;
    }
    plan_.measurement = settings_.measurement.value_or(measurement_of(settings_.path));
    check_measurement();
  }

  void check_measurement() const {
    const auto why = why_not_a_name(plan_.measurement);
    if (why.empty()) return;
    throw usage_error(fmt::format("measurement \"{}\" {}", plan_.measurement, why));
  }

  void find_tag_set() {
    plan_.tag_set = place_of(plan_.header, "tags");
    if (plan_.tag_set) use(*plan_.tag_set);
  }

  void find_fields() {
    const auto& header = plan_.header;
    if (plan_.kind == table_kind::flux) {
      leave_out_columns_of_flux();
      plan_.field_name = place_of(header, "_field");
      plan_.field_value = place_of(header, "_value");
      if (plan_.field_name && plan_.field_value) {
        use(*plan_.field_name);
        use(*plan_.field_value);
        const auto type = annotated_type(word_of(annotations_.datatype, *plan_.field_value));
        plan_.value_type = type.type;
        plan_.value_is_unsigned = type.is_unsigned;
      } else {
        plan_.field_name = plan_.field_value = std::nullopt;
      }
    }
    for (std::size_t i = 0; i < header.size(); ++i) take_column(i);
  }

  void leave_out_columns_of_flux() {
    for (std::size_t i = 0; i < plan_.header.size(); ++i) {
      const auto& name = plan_.header[i];
      const bool left_out = name.empty() || name == "result" || name == "table" ||
                            name == "_start" || name == "_stop";
      if (left_out) use(i);
    }
  }

  void take_column(std::size_t cell) {
    if (used_[cell]) return;
    const auto& name = plan_.header[cell];
    const auto datatype = word_of(annotations_.datatype, cell);
    if (name.empty() || datatype == "ignore" || datatype == "ignored") return leave_out(cell);
    if (is_tag(cell, datatype)) return add_tag(cell, name);
    add_field(cell, name, annotated_type(datatype));
  }

  void leave_out(std::size_t cell) {
    use(cell);
    if (plan_.header[cell].empty() && annotations_.empty()) {
      plan_.notes.push_back(fmt::format("column {} has no name and is left out", cell + 1));
    }
  }

  bool is_tag(std::size_t cell, std::string_view datatype) const {
    if (datatype == "tag") return true;
    const auto& name = plan_.header[cell];
    if (plan_.kind == table_kind::plain) {
      // Grafana's "series as rows".
      return plan_.header.size() == 3 && name == "Series" && place_of(plan_.header, "Value");
    }
    if (plan_.kind != table_kind::flux) return false;
    if (word_of(annotations_.group, cell) == "true") return true;
    // Beside one field a row there are tags alone, but for what Flux has computed.
    return plan_.field_value && (datatype.empty() || datatype == "string");
  }

  void add_tag(std::size_t cell, const std::string& name) {
    use(cell);
    check_name(cell, name, why_not_a_name(name));
    check_new(plan_.tags, name, "tag");
    plan_.tags.push_back({cell, name});
  }

  void add_field(std::size_t cell, const std::string& name, typed t) {
    use(cell);
    check_name(cell, name, why_not_a_field(name));
    check_new(plan_.fields, name, "field");
    plan_.fields.push_back({cell, name, t.type, t.is_unsigned});
  }

  void check_name(std::size_t cell, const std::string& name, std::string_view why_not) const {
    if (why_not.empty()) return;
    throw usage_error(
        fmt::format("{}: the name of column {}, \"{}\", {}: --field COLUMN chooses others",
                    settings_.path, cell + 1, name, why_not));
  }
  template <class Columns>
  void check_new(const Columns& all, const std::string& name, std::string_view what) const {
    const auto has_name = [&](const auto& column) { return column.name == name; };
    if (std::none_of(all.begin(), all.end(), has_name)) return;
    throw usage_error(fmt::format("{}: {} \"{}\" comes twice: --{} COLUMN=NAME renames one",
                                  settings_.path, what, name, what));
  }

  table_annotations annotations_;
  const table_settings& settings_;
  column_plan plan_;
  std::vector<bool> used_;
};

}  // namespace

column_plan plan_columns(const csv_record& header, const table_annotations& a,
                         const table_settings& s) {
  return planner(header, a, s).make();
}

}  // namespace kapacitor
