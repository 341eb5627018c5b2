#include "session/unanswered.hpp"

#include <algorithm>
#include <utility>

#include "base/text/phrase.hpp"

namespace kapacitor::udf::agent {
namespace {

/// What a function's page says: it is counted, but no reason for a warning.
bool is_usual(const shortfall& said) {
  switch (said.why) {
    case reason::too_few:
    case reason::no_result:
    case reason::not_found:
      return true;
    case reason::missing_field:
    case reason::gap:
      return said.answered;
    default:
      return false;
  }
}

/// What is the matter with a point itself, not with a window or with the times of points.
bool is_of_the_input(reason r) {
  return r == reason::missing_field || r == reason::wrong_type || r == reason::not_finite ||
         r == reason::missing_tag || r == reason::not_found || r == reason::no_pair;
}

template <class Named>
void sample_names(std::vector<std::string>& to, const Named& all) {
  for (const auto& one : all) {
    if (to.size() == unanswered::most_names) return;
    if (std::find(to.begin(), to.end(), one.name) == to.end()) to.emplace_back(one.name);
  }
}

bool same(const cause& known, const shortfall& said) {
  return known.why == said.why && known.answered == said.answered && known.what == said.what;
}

}  // namespace

unanswered::one& unanswered::find(const shortfall& said) {
  if (last_ < known_.size() && same(known_[last_].said, said)) return known_[last_];
  const auto at =
      std::find_if(known_.begin(), known_.end(), [&](const one& k) { return same(k.said, said); });
  last_ = static_cast<std::size_t>(at - known_.begin());
  if (at != known_.end()) return *at;
  if (known_.size() >= most && !said.what.empty()) {
    return find({.why = said.why, .answered = said.answered});
  }
  auto& added = known_.emplace_back().said;
  added.why = said.why;
  added.answered = said.answered;
  added.what = said.what;
  return known_.back();
}

void unanswered::add(const shortfall& said, const occasion& where) {
  auto& found = find(said);
  if (where.at) {
    newest_ = where.at->time();
    if (!first_) first_ = newest_;
  }
  ++found.said.count;
  if (!found.when.due(found.said.count)) return;
  if (where.at) sample(*where.at);
  found.said.place = place_of(said, where);
  found.said.seen = kind_of(said.what, where);
  if (is_usual(said)) return;
  found.due = is_new_ = true;
}

void unanswered::sample(const point& p) {
  sample_names(fields_, p.fields());
  sample_names(tags_, p.tags());
}

void unanswered::expect_answer(const session_totals& totals) {
  const bool none = totals.points_out == 0 && totals.batches_out == 0;
  const auto missing =
      none ? totals.skipped.sum() + totals.incomplete.sum() : for_every_point(totals.points_in);
  const bool too_long = none && lasts_too_long();
  if (missing < next_ && !too_long) return;
  told_by_time_ = told_by_time_ || too_long;
  while (next_ <= missing) next_ *= 2;
  no_answer_ = (none ? "no answer to " : "no full answer to ") + why(totals.points_in);
  is_new_ = true;
}

/// Few points may take hours to be a hundred. Windows that fill are no matter for that.
bool unanswered::lasts_too_long() const {
  if (told_by_time_ || next_ != patience || !first_ || newest_ - *first_ < longest) return false;
  const auto why = known_[last_].said.why;
  return is_of_the_input(why) && why != reason::not_found;
}

/// How many points there were if something is the matter with each of them, else 0.
std::uint64_t unanswered::for_every_point(std::uint64_t points) const {
  const auto& said = known_[last_].said;
  return is_of_the_input(said.why) && said.count == points ? points : 0;
}

void unanswered::expect_answer_at_end(const session_totals& totals) {
  if (told_by_time_ || next_ != patience || known_.empty()) return;
  next_ = 1;
  const auto worst = std::max_element(known_.begin(), known_.end(), [](const one& a, const one& b) {
    return a.said.count < b.said.count;
  });
  last_ = static_cast<std::size_t>(worst - known_.begin());
  expect_answer(totals);
}

std::string unanswered::take_no_answer() {
  return std::exchange(no_answer_, {});
}

/// The most frequent causes first: there may be one for each field of an option.
std::string unanswered::why(std::uint64_t points) const {
  constexpr std::size_t most_said = 5;
  std::vector<const cause*> causes;
  for (const auto& k : known_) causes.push_back(&k.said);
  std::stable_sort(causes.begin(), causes.end(),
                   [](const cause* a, const cause* b) { return a->count > b->count; });
  if (causes.size() > most_said) causes.resize(most_said);
  return counted(points, "point") + ": " + sentences_of(causes, {points, fields_, tags_});
}

}  // namespace kapacitor::udf::agent
