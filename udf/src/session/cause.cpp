#include "session/cause.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text/quote.hpp"
#include "base/text/time_text.hpp"

namespace kapacitor::udf::agent {
namespace {

constexpr std::size_t most_names = 10, longest_value = 64;

template <class Names, class NameOf>
std::string listed(const Names& names, NameOf name_of_one) {
  std::string text;
  std::size_t n = 0;
  for (const auto& one : names) {
    if (n++ == most_names) return text + ", …";
    text.append(n == 1 ? "" : ", ").append(name_of_one(one));
  }
  return text.empty() ? "none" : text;
}

std::string names_of(const std::vector<std::string>& names) {
  return listed(names, [](const std::string& name) { return std::string_view(name); });
}

std::string text_of(const value& v) {
  struct {
    std::string operator()(double x) const {
      std::array<char, 32> text{};
      return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr};
    }
    std::string operator()(std::int64_t x) const { return std::to_string(x); }
    std::string operator()(bool x) const { return x ? "true" : "false"; }
    std::string operator()(std::string_view x) const {
      const auto cut = x.size() > longest_value;
      return in_quotes(x.substr(0, longest_value)) + (cut ? "…" : "");
    }
  } constexpr shown;
  return std::visit(shown, v.held());
}

std::string time_text(timestamp t) {
  return time_to_text(t.time_since_epoch().count());
}

/// What the point has instead of what is missing.
std::string has(reason why, const point& p) {
  const auto name = [](const auto& one) { return one.name; };
  if (why == reason::missing_tag) return " has=" + in_quotes(listed(p.tags(), name));
  if (why == reason::missing_field || why == reason::no_pair || why == reason::unspecified)
    return " has=" + in_quotes(listed(p.fields(), name));
  return {};
}

/// "in no point", or in how many it is not.
std::string share(const cause& c, const points_seen& seen, std::string_view none) {
  if (c.count >= seen.count) return std::string(none);
  return "is missing in " + std::to_string(c.count) + " of them";
}

std::string in_marks(const std::string& name) {
  return "'" + name + "'";
}

std::string times(std::uint64_t n) {
  return n == 1 ? "once" : std::to_string(n) + " times";
}

/// Of the field that is missing while the other one is there.
std::string pair_sentence(const cause& c, const points_seen& seen) {
  const auto known = std::find(seen.fields.begin(), seen.fields.end(), c.what);
  if (known != seen.fields.end()) return in_marks(c.what) + " never came at the same time";
  return "field " + in_marks(c.what) + " is in no point; they have " + names_of(seen.fields);
}

std::string of_all(const cause& c, const points_seen& seen) {
  return c.count >= seen.count ? "" : " in " + std::to_string(c.count) + " of them";
}

}  // namespace

std::string place_of(const shortfall& said, const occasion& where) {
  std::string text;
  if (!where.group.empty()) text += " group=" + in_quotes(where.group);
  if (!where.at) return text;
  text += " time=" + time_text(where.at->time());
  if (where.against) text += " against=" + time_text(*where.against);
  if (const auto* v = where.at->find(said.what)) text += " value=" + text_of(*v);
  return text + has(said.why, *where.at);
}

std::string kind_of(std::string_view field, const occasion& where) {
  const auto* v = where.at ? where.at->find(field) : nullptr;
  if (!v) return {};
  if (v->text()) return "a string";
  if (v->boolean()) return "a bool";
  if (v->integer()) return "an int";
  return std::isfinite(*v->number()) ? "a double" : "NaN or infinite";
}

std::string key_values(const cause& said) {
  std::string text = "reason=";
  text += name_of(said.why);
  if (!said.what.empty()) text += " what=" + in_quotes(said.what);
  return text + said.place;
}

namespace {

std::string sentence_of(const cause& said, const points_seen& seen) {
  const auto name = in_marks(said.what);
  switch (said.why) {
    case reason::missing_field:
      return "field " + name + " " + share(said, seen, "is in no point") + "; they have " +
             names_of(seen.fields);
    case reason::missing_tag:
      return "tag " + name + " " + share(said, seen, "is on no point") + "; they have " +
             names_of(seen.tags);
    case reason::wrong_type:
    case reason::not_finite:
      return name + " is " + said.seen + of_all(said, seen);
    case reason::no_pair:
      return pair_sentence(said, seen);
    case reason::late:
      return std::to_string(said.count) + " are late, the last:" + said.place;
    case reason::gap:
      return "after a gap the function began anew " + times(said.count) +
             ", the last:" + said.place;
    case reason::unspecified:
      return std::to_string(said.count) + " skipped; they have " + names_of(seen.fields);
    default:
      return std::to_string(said.count) + " " + std::string(name_of(said.why)) +
             (said.what.empty() ? "" : " (" + said.what + ")") + ", the last:" + said.place;
  }
}

bool is_pairless(const cause* c) {
  return c->why == reason::no_pair;
}

}  // namespace

std::string sentences_of(const std::vector<const cause*>& causes, const points_seen& seen) {
  std::string text, together;
  const auto add = [&](const std::string& sentence) {
    text.append(text.empty() ? "" : "; ").append(sentence);
  };
  const auto pairless = std::count_if(causes.begin(), causes.end(), is_pairless);
  for (const auto* c : causes) {
    if (pairless < 2 || !is_pairless(c)) {
      add(sentence_of(*c, seen));
    } else {
      together.append(together.empty() ? "" : " and ").append(in_marks(c->what));
    }
  }
  if (!together.empty()) add(together + " never came at the same time");
  return text;
}

}  // namespace kapacitor::udf::agent
