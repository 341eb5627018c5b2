#include "base/text/choice.hpp"

#include <algorithm>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

/// How many letters have to be put in, left out, replaced or swapped with their neighbour.
/// Source: optimal string alignment, a restricted Damerau-Levenshtein distance
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differ = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differ});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view text, const std::vector<std::string>& names) {
  auto least = std::max<std::size_t>(1, text.size() / 3) + 1;
  std::string found;
  for (const auto& name : names) {
    const bool begins = text.size() >= 3 && name.starts_with(text);
    const auto d = begins ? 1 : distance(text, name);
    if (d >= least) continue;
    least = d;
    found = name;
  }
  return found;
}

std::string suggestion(std::string_view text, const std::vector<std::string>& names,
                       std::string_view before) {
  const auto near = nearest(text, names);
  return near.empty() ? near : "; did you mean " + std::string(before) + near + "?";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void refuse_choice(std::string_view text, const std::vector<std::string>& names) {
  throw usage_error(in_quotes(text) + " is none of " + listed(names) + suggestion(text, names));
}

}  // namespace kapacitor
