#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/text/choice.hpp"
#include "base/text/error.hpp"
#include "base/text/text_file.hpp"
#include "scenario/scenario.hpp"
#include "scenario/series.hpp"
#include "scenario/toml_reader.hpp"

namespace kapacitor::generator {
namespace {

constexpr int most_decimals = 9;
constexpr std::size_t most_series = 10'000'000;

std::string read_name(toml_reader& t, std::string_view key) {
  auto name = t.text(key);
  if (name == "time") t.fail(key, "must not be time, which InfluxDB keeps for the time of a point");
  const auto wrong = why_not_a_name(name);
  if (!wrong.empty()) t.fail(key, std::string(wrong));
  return name;
}

template <class List, class Name>
void refuse_twice(const toml_reader& t, std::string_view key, const List& list, Name name) {
  std::set<std::string> seen;
  for (const auto& one : list) {
    if (!seen.insert(name(one)).second) t.fail(key, fmt::format("{} comes twice", name(one)));
  }
}

/// Whether a text has a number of more than two digits, such as a width that nobody can want.
bool has_long_number(const std::string& text) {
  std::size_t digits = 0;
  return std::any_of(text.begin(), text.end(), [&digits](char c) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    return digits > 2;
  });
}

/// A pattern has one place for a number, as fmt has it.
void check_pattern(const toml_reader& t, const std::string& pattern) {
  const auto place = pattern.find('{');
  if (place != std::string::npos && has_long_number(pattern.substr(place))) {
    t.fail("pattern", "must not have a width above 99");
  }
  try {
    if (fmt::format(fmt::runtime(pattern), 1) != fmt::format(fmt::runtime(pattern), 2)) return;
  } catch (const fmt::format_error&) {
  }
  t.fail("pattern", "must have one place for a number, such as m{:03}");
}

tag_spec read_tag(toml_reader& t) {
  tag_spec tag;
  tag.key = read_name(t, "key");
  if (t.one_of({"values", "pattern"}) == "values") {
    tag.values = t.texts("values");
  } else {
    tag.pattern = t.text("pattern");
    check_pattern(t, tag.pattern);
    tag.count = t.count("count", 1, 0);
    if (tag.count > most_series) t.fail("count", fmt::format("must be at most {}", most_series));
  }
  for (const auto& value : tag.values) {
    const auto wrong = why_not_a_name(value);
    if (!wrong.empty()) t.fail("values", std::string(wrong));
  }
  refuse_twice(t, "values", tag.values, [](const std::string& value) { return value; });
  static constexpr kapacitor::choice<bool> assignments[] = {{"product", false}, {"mod", true}};
  tag.in_turn = t.choice("assign", assignments, std::optional(false));
  t.done();
  return tag;
}

/// A text field's states are those of its markov.
std::vector<std::string> read_states(toml_reader& t) {
  const auto* markov = t.find("markov");
  if (!markov || !markov->is_table() || !markov->as_table()->contains("states")) {
    t.fail("type", "string needs markov = {states = [...], stay = [...]}");
  }
  toml_reader m(t.file(), *markov->as_table(), "markov");
  return m.texts("states");
}

void read_decimals(toml_reader& t, field_spec& field) {
  const auto* node = t.find("decimals");
  if (!node) return;
  if (field.type != field_type::real) t.fail("decimals", "is for fields of type float");
  if (node->value_exact<std::string>() == "full") {
    field.decimals = field_spec::all_digits;
    return;
  }
  field.decimals = static_cast<int>(t.count("decimals", 0));
  if (field.decimals > most_decimals) t.fail("decimals", "must be from 0 to 9, or \"full\"");
}

void read_clamp(toml_reader& t, field_spec& field) {
  if (!t.find("clamp")) return;
  if (field.type == field_type::text || field.type == field_type::boolean) {
    t.fail("clamp", "is for numbers");
  }
  const auto limits = t.numbers("clamp");
  if (limits.size() != 2 || limits[0] > limits[1]) t.fail("clamp", "must be [low, high]");
  field.low = limits[0];
  field.high = limits[1];
}

field_spec read_field(toml_reader& t) {
  field_spec field;
  field.name = read_name(t, "name");
  static constexpr kapacitor::choice<field_type> types[] = {{"float", field_type::real},
                                                            {"int", field_type::integer},
                                                            {"bool", field_type::boolean},
                                                            {"string", field_type::text}};
  field.type = t.choice("type", types, std::optional(field_type::real));
  read_decimals(t, field);
  read_clamp(t, field);
  if (field.type == field_type::text) field.states = read_states(t);
  field.shape = read_signal(t);
  t.done();
  return field;
}

template <class Read>
auto read_list(toml_reader& from, std::string_view key, const std::string& what, Read read) {
  std::vector<decltype(read(from))> made;
  const auto& node = from.need(key);
  const auto* list = node.as_array();
  if (!list || !list->is_array_of_tables()) {
    from.fail(node, fmt::format("{} must be tables, one for each {}", key, what));
  }
  for (const auto& item : *list) {
    toml_reader t(from.file(), *item.as_table(), what);
    made.push_back(read(t));
  }
  return made;
}

void check_series(const toml_reader& t, const measurement_spec& m) {
  std::size_t size = 0;
  try {
    size = series_set(m).size();
  } catch (const usage_error& error) {
    t.fail(*t.at(m.series ? "series" : "tag"), error.what());
  }
  if (size > most_series) t.fail("series", fmt::format("must be at most {}", most_series));
}

measurement_spec read_measurement(toml_reader& t) {
  measurement_spec m;
  m.name = read_name(t, "name");
  if (t.find("series")) m.series = t.count("series", 1);
  if (t.has("tag")) m.tags = read_list(t, "tag", "a tag", read_tag);
  t.find("tag");
  m.fields = read_list(t, "field", "a field", read_field);
  refuse_twice(t, "tag", m.tags, [](const tag_spec& tag) { return tag.key; });
  refuse_twice(t, "field", m.fields, [](const field_spec& field) { return field.name; });
  t.done();
  check_series(t, m);
  return m;
}

std::optional<churn_spec> read_churn(toml_reader& root, const scenario& s) {
  const auto* node = root.find("churn");
  if (!node) return std::nullopt;
  if (!node->is_table()) root.fail("churn", "must be a table [churn]");
  toml_reader t(root.file(), *node->as_table(), "churn");
  churn_spec churn{t.fraction("replace"), t.duration("every")};
  t.done();
  for (const auto& m : s.measurements) {
    if (!series_set::can_grow(m)) {
      root.fail("churn", fmt::format("needs a tag of {} with a pattern without a count: new series "
                                     "are told apart by it",
                                     m.name));
    }
  }
  return churn;
}

scenario read_root(toml_reader& root) {
  scenario s;
  if (root.count("version", 1, 1) != 1) root.fail("version", "must be 1");
  s.seed = root.count("seed", 0, 1);
  s.interval = root.duration("interval", std::chrono::seconds(1));
  s.measurements = read_list(root, "measurement", "a measurement", read_measurement);
  refuse_twice(root, "measurement", s.measurements,
               [](const measurement_spec& m) { return m.name; });
  s.anomalies = read_anomalies(root, s);
  s.churn = read_churn(root, s);
  root.done();
  return s;
}

bool is_file(const std::string& name) {
  return name.ends_with(".toml") || name.find('/') != std::string::npos;
}

}  // namespace

scenario read_scenario(std::string_view text, const std::string& file) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    throw usage_error(place(file, error.source()) + std::string(error.description()));
  }
  toml_reader root(file, table, "a scenario");
  auto s = read_root(root);
  s.name = file;
  return s;
}

scenario load_scenario(const std::string& name_or_file) {
  if (is_file(name_or_file)) return read_scenario(read_text_file(name_or_file), name_or_file);
  for (const auto& p : presets()) {
    if (p.name == name_or_file) return read_scenario(p.text, std::string(p.name));
  }
  throw usage_error(
      fmt::format("no scenario is called \"{}\": there are {}, host, and files that end in .toml",
                  name_or_file, listed(preset_names())));
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& p : presets()) names.emplace_back(p.name);
  return names;
}

std::string_view preset::purpose() const {
  auto line = text.substr(0, text.find('\n'));
  while (!line.empty() && (line.front() == '#' || line.front() == ' ')) line.remove_prefix(1);
  return line;
}

}  // namespace kapacitor::generator
