#include "session/output.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

#include "session/open_batch.hpp"
#include <kapacitor/udf/detail/same_text.hpp>

namespace kapacitor::udf::agent {
namespace {

bool is_finite(const field& f) {
  const auto* x = std::get_if<double>(&f.value.held());
  return !x || std::isfinite(*x);
}

/// A field that is missing to the function may be there, and be no number.
reason refined(reason why, const point* p, std::string_view field) {
  const auto* found = why == reason::missing_field && p ? p->find(field) : nullptr;
  if (!found) return why;
  const auto* x = std::get_if<double>(&found->held());
  return x && !std::isfinite(*x) ? reason::not_finite : reason::wrong_type;
}

bool replaced(const field& old, std::span<const field> by) {
  return std::any_of(by.begin(), by.end(),
                     [&](const field& f) { return detail::same_text(f.name, old.name); });
}

}  // namespace

bool replaces_any(const point& like, std::span<const field> fields) {
  const auto old = like.fields();
  return std::any_of(old.begin(), old.end(), [&](const field& f) { return replaced(f, fields); });
}

void output::enter_batch(const batch& begin) {
  batch_ = &begin;
  batch_dimensions_.clear();
  for (const auto& t : begin.tags()) batch_dimensions_.push_back(t.name);
  // Kapacitor takes a batch's dimensions in alphabetical order; protobuf's maps have none.
  std::sort(batch_dimensions_.begin(), batch_dimensions_.end());
  batch_header_ = {};
  batch_header_.name = begin.name();
  batch_header_.dimensions = batch_dimensions_;
  batch_header_.by_name = begin.by_name();
}

void output::fall_short(shortfall said, std::optional<timestamp> against) {
  said.why = refined(said.why, point_, said.what);
  totals_.points_skipped += !said.answered;
  ++(said.answered ? totals_.incomplete : totals_.skipped)[said.why];
  unanswered_.add(said,
                  {.at = point_, .group = point_ ? point_->group() : group_, .against = against});
  unanswered_.expect_answer(totals_);
}

std::span<const field> output::finite(std::span<const field> fields) {
  std::size_t good = 0;  // not std::all_of(), which is made for more than one or two
  while (good < fields.size() && is_finite(fields[good])) ++good;
  if (good == fields.size()) [[likely]] {
    return fields;
  }
  finite_.clear();
  std::copy_if(fields.begin(), fields.end(), std::back_inserter(finite_), is_finite);
  totals_.non_finite_fields += fields.size() - finite_.size();
  return finite_;
}

void output::keep_others(const point& like, std::span<const field> fields) {
  merged_.clear();
  for (const auto& old : like.fields()) {
    if (!replaced(old, fields)) merged_.push_back(old);
  }
}

std::span<const field> output::merged(const point& like, std::span<const field> fields) {
  keep_others(like, fields);
  merged_.insert(merged_.end(), fields.begin(), fields.end());
  return merged_;
}

std::span<const field> output::extended(const point& like, std::span<const field> fields) {
  keep_others(like, fields);
  const bool replaces_any = merged_.size() < like.fields().size();
  if (!replaces_any) fields = finite(fields);
  merged_.insert(merged_.end(), fields.begin(), fields.end());
  return replaces_any ? finite(merged_) : merged_;
}

std::unique_ptr<open_batch> output::begin_batch() {
  expect_batch();
  return std::make_unique<open_batch>(*this);
}

void output::throw_not_stream() const {
  throw std::logic_error(
      "emitted a single point, but the function provides batches: use open_batch()");
}
void output::expect_batch() const {
  if (provides_ == edge::batch) return;
  throw std::logic_error(
      "opened a batch, but the function provides single points: use emit(), or declare "
      "`static constexpr auto provides = udf::edge::batch`");
}

}  // namespace kapacitor::udf::agent
