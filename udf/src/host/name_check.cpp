#include "host/name_check.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kapacitor::udf::host {
namespace {

void remember(std::vector<std::string>& names, std::string_view name) {
  if (names.size() == name_check::most_names) return;
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// 'host as server' is the tag server.
std::string tag_of_key(const std::string& text) {
  constexpr std::string_view word = " as ";
  const auto at = text.find(word);
  return at == std::string::npos ? text : text.substr(at + word.size());
}

}  // namespace

name_check::name_check(const std::vector<option>& options, const feed_settings& s) {
  for (const auto& o : options) add(o);
  for (const auto& tag : s.group_by.tags) {
    wanted_.push_back({.option = "--group-by", .name = tag, .is_tag = true});
  }
  filters_ = {{"--measurement", s.measurement}, {"--db", s.database}, {"--rp", s.retention_policy}};
}

void name_check::add(const option& o) {
  const bool second = is_one_of(o.name, {"aggregate", "aggregateAs"});
  const bool is_tag = is_one_of(o.name, {"tag", "key"});
  if (!second && !is_tag && !is_one_of(o.name, {"field", "x", "y", "weightField"})) return;
  const std::size_t at = second ? 1 : 0;
  const auto* text = o.values.size() > at ? o.values[at].get_if<std::string>() : nullptr;
  if (!text || text->empty()) return;
  wanted_.push_back({.option = "option " + o.name,
                     .name = o.name == "key" ? tag_of_key(*text) : *text,
                     .is_tag = is_tag});
}

void name_check::take(const input_point& p, bool passed) {
  ++received_;
  if (passed) {
    ++passed_;
    if (any_unseen_ || !pair_seen_) look_at(p);
    return;
  }
  if (passed_ != 0) return;
  const std::array<std::string_view, 3> has{p.name, p.database, p.retention_policy};
  for (std::size_t i = 0; i < filters_.size(); ++i) remember(filters_[i].came, has[i]);
}

void name_check::look_at(const input_point& p) {
  any_unseen_ = false;
  for (auto& w : wanted_) {
    if (w.seen && (w.is_tag || w.number)) continue;
    if (w.is_tag) {
      w.seen =
          std::any_of(p.tags.begin(), p.tags.end(), [&](const tag& t) { return t.name == w.name; });
    } else {
      const auto found = std::find_if(p.fields.begin(), p.fields.end(),
                                      [&](const field& f) { return f.name == w.name; });
      w.seen = w.seen || found != p.fields.end();
      w.number = found != p.fields.end() && found->value.number().has_value();
    }
    any_unseen_ = any_unseen_ || !w.seen || !(w.is_tag || w.number);
  }
  if (!any_unseen_ && pair_seen_) return;
  for (const auto& f : p.fields) remember(fields_, f.name);
  for (const auto& t : p.tags) remember(tags_, t.name);
  find_pair(p);
}

/// Whether a point has all the fields of the options x and y.
void name_check::find_pair(const input_point& p) {
  pair_seen_ = pair_seen_ || std::all_of(wanted_.begin(), wanted_.end(), [&](const wanted& w) {
                 return !is_one_of(w.option, {"option x", "option y"}) ||
                        std::any_of(p.fields.begin(), p.fields.end(),
                                    [&](const field& f) { return f.name == w.name; });
               });
}

bool name_check::due() {
  if (received_ < next_) return false;
  next_ *= 2;
  return true;
}

std::vector<std::string> name_check::problems(std::uint64_t answers) const {
  std::vector<std::string> all;
  if (received_ != 0 && passed_ == 0) add_filtered(all);
  if (passed_ == 0) return all;
  add_missing(all);
  if (answers == 0) add_useless(all);
  return all;
}

void name_check::add_filtered(std::vector<std::string>& to) const {
  for (const auto& f : filters_) {
    if (f.value.empty() || std::find(f.came.begin(), f.came.end(), f.value) != f.came.end())
      continue;
    to.push_back(fmt::format("{} {}: none of {} points is of it; they are of {}", f.flag, f.value,
                             received_, listed(f.came)));
  }
  if (to.empty()) to.push_back(fmt::format("all {} points were filtered", received_));
}

void name_check::add_missing(std::vector<std::string>& to) const {
  for (const auto& w : wanted_) {
    if (w.seen) continue;
    const bool flag = w.option.starts_with("--");
    to.push_back(fmt::format("{}{}{}: no point has a {} {}; they have {}", w.option,
                             flag ? " " : "=", w.name, w.is_tag ? "tag" : "field", w.name,
                             listed(w.is_tag ? tags_ : fields_)));
  }
}

/// Names that are there, and no use: it may be so, if there is no answer.
void name_check::add_useless(std::vector<std::string>& to) const {
  std::string pair;
  for (const auto& w : wanted_) {
    if (!w.seen || w.is_tag) continue;
    if (!w.number) to.push_back(fmt::format("{}={}: it is a number in no point", w.option, w.name));
    if (is_one_of(w.option, {"option x", "option y"}))
      pair += (pair.empty() ? "" : " and ") + w.option + "=" + w.name;
  }
  if (!pair_seen_ && pair.find(" and ") != std::string::npos)
    to.push_back(pair + ": never in the same point");
}

}  // namespace kapacitor::udf::host
