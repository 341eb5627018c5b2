#include "describe/example.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "describe/wording.hpp"
#include <kapacitor/udf/error.hpp>

namespace kapacitor::udf::server {
namespace {

using namespace std::chrono_literals;

/// Texts in quotes within what an option says is allowed: "one of 'a', 'b'".
void add_quoted_texts(std::vector<option_value>& texts, std::string_view allowed) {
  for (auto at = allowed.find('\''); at != std::string_view::npos;
       at = allowed.find('\'', at + 1)) {
    const auto end = allowed.find('\'', at + 1);
    if (end == std::string_view::npos) break;
    texts.emplace_back(std::string(allowed.substr(at + 1, end - at - 1)));
    at = end;
  }
}

/// Numbers within what an option says is allowed: "between 3 and 7".
std::vector<double> numbers(std::string_view allowed) {
  std::vector<double> found;
  for (std::size_t at = 0; at < allowed.size(); ++at) {
    if (allowed[at] != '-' && (allowed[at] < '0' || allowed[at] > '9')) continue;
    double x = 0;
    const auto [end, error] =
        std::from_chars(allowed.data() + at, allowed.data() + allowed.size(), x);
    if (error != std::errc()) continue;
    found.push_back(x);
    at = static_cast<std::size_t>(end - allowed.data());
  }
  return found;
}

/// What an option of that name is likely to be.
std::string usual_text(const std::string& name) {
  if (name == "as") return "result";
  if (name == "key" || name == "tag") return "host";
  if (name == "file") return "/etc/kapacitor/table.csv";
  return "value";
}

std::vector<option_value> candidates(value_type type, const option_info& o) {
  std::vector<option_value> all;
  const auto named = numbers(o.allowed);
  switch (type) {
    case value_type::boolean:
      return {true, false};
    case value_type::integer:
      all = {10, 1, 2, 5, 100, 0, 1000, -1};
      for (const double x : named) all.emplace_back(static_cast<std::int64_t>(x));
      return all;
    case value_type::floating:
      all = {1.0, 0.5, 0.1, 2.0, 10.0, 100.0, 0.0, -1.0};
      for (const double x : named) all.emplace_back(x);
      return all;
    case value_type::duration:
      return {1min, 1s, 10s, 5min, 1h, 24h, 1ms, 0s};
    case value_type::string:
      break;
  }
  add_quoted_texts(all, o.allowed);
  if (o.types.size() > 1) add_quoted_texts(all, o.help);
  all.emplace_back(usual_text(o.name));
  all.emplace_back("other");
  return all;
}

option first_choice(const option_info& o) {
  option use{o.name, {}};
  for (const auto type : o.types) use.values.push_back(candidates(type, o).front());
  return use;
}

/// Whether the function says of this very option that its value is not allowed.
bool refuses(const function& f, const option_info& o, const option& use) {
  try {
    f.make_task({use}, {});
  } catch (const option_error& problem) {
    return std::string_view(problem.what()).find(o.name + " must be " + o.allowed) !=
           std::string_view::npos;
  } catch (const std::exception&) {
    return false;  // about something else
  }
  return false;
}

option good_use(const function& f, const option_info& o) {
  auto use = first_choice(o);
  if (o.types.empty() || o.allowed.empty() || !f.make_task) return use;
  for (std::size_t i = 0;; ++i) {
    if (!refuses(f, o, use)) return use;
    bool any = false;
    for (std::size_t v = 0; v < o.types.size(); ++v) {
      const auto all = candidates(o.types[v], o);
      if (i < all.size()) use.values[v] = all[i], any = true;
    }
    if (!any) return first_choice(o);
  }
}

std::string values_text(const option& use) {
  std::string text;
  for (const auto& v : use.values) text += (text.empty() ? "" : ", ") + to_string(v);
  return text;
}

/// Of one or two values all that come into question.
std::vector<option> uses_to_try(const option_info& o) {
  std::vector<option> uses;
  if (o.types.empty() || o.types.size() > 2) return uses;
  auto last = o;
  last.help.clear();
  for (const auto& first : candidates(o.types[0], o)) {
    if (o.types.size() == 1) {
      uses.push_back({o.name, {first}});
      continue;
    }
    for (const auto& second : candidates(o.types[1], last))
      uses.push_back({o.name, {first, second}});
  }
  return uses;
}

/// The options of an example: those that are given; the others have their defaults.
class example_choice {
 public:
  explicit example_choice(const function& f) : function_(f), given_(f.options.size()) {
    for (std::size_t i = 0; i < given_.size(); ++i) {
      if (f.options[i].required) given_[i] = good_use(f, f.options[i]);
    }
    // Some only go together with others: a window needs one of two lengths.
    if (!accepted() && !mend(1)) mend(2);
  }

  example_use use(std::size_t i) const {
    const auto& o = function_.options[i];
    const auto values = given_[i]                       ? values_text(*given_[i])
                        : !o.repeated && has_default(o) ? o.default_value
                                                        : values_text(good_use(function_, o));
    return {"." + o.name + "(" + values + ")", !given_[i] && (o.repeated || !has_default(o))};
  }

 private:
  bool accepted() const {
    if (!function_.make_task) return true;
    std::vector<option> all;
    for (const auto& one : given_) {
      if (one) all.push_back(*one);
    }
    try {
      function_.make_task(all, {});
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }
  /// Changes as many options as that, until all are accepted; else nothing.
  bool mend(int changes, std::size_t from = 0) {
    if (changes == 0) return accepted();
    for (std::size_t i = from; i < given_.size(); ++i) {
      const auto& o = function_.options[i];
      const auto before = given_[i];
      for (auto& use : uses_to_try(o)) {
        given_[i] = std::move(use);
        if (mend(changes - 1, i + 1)) return true;
      }
      given_[i] = before;
    }
    return false;
  }

  const function& function_;
  std::vector<std::optional<option>> given_;
};

}  // namespace

std::vector<example_use> example(const function& f) {
  const example_choice options(f);
  std::vector<example_use> uses;
  for (std::size_t i = 0; i < f.options.size(); ++i) uses.push_back(options.use(i));
  return uses;
}

}  // namespace kapacitor::udf::server
