#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/units.hpp"
#include "scenario/model.hpp"
#include "scenario/toml_reader.hpp"

namespace kapacitor::generator {
namespace {

constexpr kapacitor::choice<direction> directions[] = {
    {"up", direction::up}, {"down", direction::down}, {"random", direction::random}};

const measurement_spec* find_measurement(const scenario& s, std::string_view name) {
  const auto found = std::find_if(s.measurements.begin(), s.measurements.end(),
                                  [name](const auto& m) { return m.name == name; });
  return found == s.measurements.end() ? nullptr : &*found;
}

const field_spec* find_field(const measurement_spec& m, std::string_view name) {
  const auto found = std::find_if(m.fields.begin(), m.fields.end(),
                                  [name](const auto& f) { return f.name == name; });
  return found == m.fields.end() ? nullptr : &*found;
}

template <class Range>
std::string names_of(const Range& range) {
  std::string text;
  for (const auto& one : range) text += (text.empty() ? "" : ", ") + one.name;
  return text;
}

/// Reads one rule; what it refers to is there already.
class rule_reader {
 public:
  rule_reader(toml_reader& table, const scenario& so_far) : t_(table), scenario_(so_far) {}

  anomaly_rule read() {
    rule_.kind = t_.choice("kind", anomaly_kinds);
    read_target();
    read_series();
    read_schedule();
    read_duration();
    read_magnitude();
    if (rule_.kind == anomaly_kind::late) rule_.delay = t_.duration("delay");
    t_.done();
    return rule_;
  }

 private:
  void read_target() {
    const auto target = t_.text("target");
    // A name may have a dot itself: the longest measurement that fits is meant.
    for (auto dot = target.size(); dot != std::string::npos && dot > 0;
         dot = target.rfind('.', dot - 1)) {
      measurement_ = find_measurement(scenario_, target.substr(0, dot));
      if (measurement_) {
        rule_.field = dot < target.size() ? target.substr(dot + 1) : "";
        break;
      }
    }
    if (!measurement_) {
      t_.fail("target", fmt::format("\"{}\" names no measurement; there are: {}", target,
                                    names_of(scenario_.measurements)));
    }
    rule_.measurement = measurement_->name;
    check_target();
  }

  void check_target() {
    if (is_of_transport(rule_.kind)) {
      if (!rule_.field.empty()) {
        t_.fail("target", fmt::format("must be a measurement alone: {} is of whole points",
                                      to_text(rule_.kind)));
      }
      return;
    }
    field_ = find_field(*measurement_, rule_.field);
    if (!field_) {
      t_.fail("target", fmt::format("must be {}.FIELD, where FIELD is one of: {}",
                                    measurement_->name, names_of(measurement_->fields)));
    }
    const bool is_number = field_->type == field_type::real || field_->type == field_type::integer;
    if (!is_number) t_.fail("target", "must be a field of numbers");
    if (is_of_period(rule_.kind) && !has_period(field_->shape)) {
      t_.fail("kind", fmt::format("{} needs a field in which something repeats, such as a sine",
                                  to_text(rule_.kind)));
    }
    if (rule_.kind == anomaly_kind::counter_reset &&
        !std::holds_alternative<counter_spec>(field_->shape.kind)) {
      t_.fail("kind", "counter_reset needs a field that is a counter");
    }
  }

  /// "host=m00[0-4],site=north"
  void read_series() {
    const auto text = t_.text("series", "");
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
      const auto equals = part.find('=');
      const auto key = part.substr(0, equals);
      const auto& tags = measurement_->tags;
      if (equals == std::string::npos ||
          std::none_of(tags.begin(), tags.end(), [&](const auto& t) { return t.key == key; })) {
        t_.fail("series", "must be TAG=PATTERN, ..., with tags of the measurement");
      }
      rule_.series.emplace_back(key, part.substr(equals + 1));
    }
  }

  void read_schedule() {
    const auto& node = t_.need("schedule");
    const auto* table = node.as_table();
    if (!table) t_.fail("schedule", "must be a table such as {poisson = \"10min\"}");
    toml_reader s(t_.file(), *table, "schedule");
    const auto how = s.one_of({"at", "every", "poisson", "fraction"});
    if (how == "at") rule_.when.at = s.durations("at");
    if (how == "every") rule_.when.every = s.duration("every");
    if (how == "poisson") rule_.when.poisson = s.duration("poisson");
    if (how == "fraction") rule_.when.fraction = s.fraction("fraction");
    if (how == "fraction" && rule_.when.fraction == 0) s.fail("fraction", "must be more than 0");
    if (!std::is_sorted(rule_.when.at.begin(), rule_.when.at.end())) {
      s.fail("at", "must be in rising order");
    }
    s.done();
  }

  void read_duration() {
    const auto* node = t_.find("duration");
    auto& d = rule_.when.duration;
    if (!node) {
      if (needs_duration())
        t_.fail("kind", fmt::format("{} needs a duration", to_text(rule_.kind)));
      return;
    }
    if (!node->is_array()) {
      d.least = d.most = t_.duration("duration");
      return;
    }
    const auto both = t_.durations("duration");
    if (both.size() != 2 || both[0] > both[1]) {
      t_.fail("duration", "must be one duration or [least, most]");
    }
    d = {both[0], both[1]};
  }

  bool needs_duration() const {
    return rule_.kind != anomaly_kind::spike && !is_of_transport(rule_.kind);
  }

  void read_magnitude() {
    const bool has_none = rule_.kind == anomaly_kind::stuck ||
                          rule_.kind == anomaly_kind::pattern ||
                          rule_.kind == anomaly_kind::counter_reset || is_of_transport(rule_.kind);
    if (has_none) return;
    auto& m = rule_.when.magnitude;
    const auto& node = t_.need("magnitude");
    if (const auto* list = node.as_array()) {
      if (list->size() != 2) t_.fail("magnitude", "must be one magnitude or [least, most]");
      m = {magnitude((*list)[0]), magnitude((*list)[1])};
    } else {
      m.least = m.most = magnitude(node);
    }
    if (m.least > m.most) t_.fail("magnitude", "must be [least, most]");
    if (m.least <= 0) t_.fail("magnitude", "must be more than 0; the sign is a key of its own");
    read_sign();
  }

  void read_sign() {
    const bool has_sign = rule_.kind == anomaly_kind::spike ||
                          rule_.kind == anomaly_kind::level_shift ||
                          rule_.kind == anomaly_kind::trend;
    rule_.when.sign = direction::up;
    if (!has_sign) return;
    rule_.when.sign = t_.choice("sign", directions, std::optional(direction::random));
  }

  /// A number, or a multiple of the field's noise such as "6 sigma".
  double magnitude(const toml::node& node) {
    if (node.is_number()) return *node.value<double>();
    constexpr std::string_view unit = "sigma";
    const auto text = node.value_exact<std::string>().value_or("");
    if (!text.ends_with(unit)) t_.fail(node, "magnitude must be a number or such as \"6 sigma\"");
    const double level = noise_level(field_->shape);
    if (level == 0) {
      t_.fail(node, fmt::format("magnitude must be a number: {} has no noise to measure sigma by",
                                field_->name));
    }
    char* end = nullptr;
    const auto number = text.substr(0, text.size() - unit.size());
    const double times = std::strtod(number.c_str(), &end);
    if (end == number.c_str() ||
        std::string_view(end).find_first_not_of(' ') != std::string::npos ||
        !std::isfinite(times)) {
      t_.fail(node, "magnitude must be a number or such as \"6 sigma\"");
    }
    return times * level;
  }

  toml_reader& t_;
  const scenario& scenario_;
  const measurement_spec* measurement_ = nullptr;
  const field_spec* field_ = nullptr;
  anomaly_rule rule_;
};

/// A fault of the way that points take, as [transport] has it: for every measurement, by the point.
void add_fault(std::vector<anomaly_rule>& rules, const scenario& s, anomaly_kind kind,
               double fraction, nanoseconds delay) {
  if (fraction <= 0) return;
  for (const auto& m : s.measurements) {
    anomaly_rule rule;
    rule.measurement = m.name;
    rule.kind = kind;
    rule.when.fraction = fraction;
    rule.delay = delay;
    rules.push_back(rule);
  }
}

void read_transport(toml_reader& root, const scenario& s, std::vector<anomaly_rule>& rules) {
  const auto* node = root.find("transport");
  if (!node) return;
  if (!node->is_table()) root.fail("transport", "must be a table [transport]");
  toml_reader t(root.file(), *node->as_table(), "transport");
  add_fault(rules, s, anomaly_kind::dropout, t.fraction("drop", 0.0), {});
  add_fault(rules, s, anomaly_kind::duplicate, t.fraction("duplicate", 0.0), {});
  if (const auto* late = t.find("late")) {
    if (!late->is_table()) t.fail("late", "must be {fraction = ..., delay = \"...\"}");
    toml_reader l(root.file(), *late->as_table(), "late");
    const double part = l.fraction("fraction");
    add_fault(rules, s, anomaly_kind::late, part, l.duration("delay"));
    l.done();
  }
  t.done();
}

}  // namespace

std::vector<anomaly_rule> read_anomalies(toml_reader& root, const scenario& so_far) {
  std::vector<anomaly_rule> rules;
  if (const auto* node = root.find("anomaly")) {
    const auto* list = node->as_array();
    if (!list || !list->is_array_of_tables()) root.fail("anomaly", "must be tables [[anomaly]]");
    for (const auto& item : *list) {
      toml_reader table(root.file(), *item.as_table(), "an anomaly");
      rules.push_back(rule_reader(table, so_far).read());
    }
  }
  read_transport(root, so_far, rules);
  return rules;
}

}  // namespace kapacitor::generator
