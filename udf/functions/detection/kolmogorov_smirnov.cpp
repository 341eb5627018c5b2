#include "functions/detection/kolmogorov_smirnov.hpp"

#include <algorithm>
#include <cmath>

#include "functions/detection/kolmogorov_distance.hpp"
#include "functions/detection/running_mean.hpp"
#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

double mean_of(const std::vector<double>& values) {
  running_mean mean;
  for (const double x : values) mean.add(x);
  return mean.value();
}

}  // namespace

udf::schema<kolmogorov_smirnov::options> kolmogorov_smirnov::options::describe() {
  return udf::schema<options>{}
      .with(batch_test())
      .optional("maxPoints", &options::max_points, "points that the history holds at most",
                udf::between(2, 10'000'000));
}

void kolmogorov_smirnov::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  batch_.push_back(*x + 0.0);  // -0.0 would be of one size with 0.0, but not the same
}

void kolmogorov_smirnov::on_end(const udf::batch_end& end, udf::emitter& out) {
  std::sort(batch_.begin(), batch_.end());
  batch_verdict verdict{.n = batch_.size()};
  if (!batch_.empty()) verdict.mean = mean_of(batch_);
  if (!sorted_.empty()) verdict.reference_mean = mean_of(sorted_);
  if (std::min(batch_.size(), sorted_.size()) >= least_tested_values) {
    const auto distance = distance_of(batch_, sorted_);
    verdict.statistic = distance.value();
    verdict.p = distance.p();
  }
  verdict.send(options_, end, out);
  if (!batch_.empty() && !(options_.freeze && verdict.significant(options_))) take_batch(out);
  batch_.clear();
}

void kolmogorov_smirnov::take_batch(udf::emitter& out) {
  const auto most = static_cast<std::size_t>(options_.max_points);
  const bool fits = batch_.size() <= most;
  if (!fits) thin_batch();
  if (!make_room() || !fits) out.note(udf::reason::limit, "maxPoints");
  for (const double x : batch_) values_.push_back(x);
  sizes_.push_back(batch_.size());
  // Merged from the back, in place.
  auto old = sorted_.size(), more = batch_.size();
  sorted_.resize(old + more);
  for (auto at = sorted_.size(); more > 0; --at) {
    sorted_[at - 1] =
        old > 0 && sorted_[old - 1] > batch_[more - 1] ? sorted_[--old] : batch_[--more];
  }
}

/// For a batch that is larger than the whole history may be: its values at equal steps, in order of
/// size, are distributed like all of them.
void kolmogorov_smirnov::thin_batch() {
  const auto most = static_cast<std::size_t>(options_.max_points);
  const double step = static_cast<double>(batch_.size()) / static_cast<double>(most);
  for (std::size_t i = 0; i < most; ++i) {
    batch_[i] = batch_[static_cast<std::size_t>((static_cast<double>(i) + 0.5) * step)];
  }
  batch_.resize(most);
}

/// The oldest batches leave, together: many may be small. Returns: false if the history has less
/// than `batches` for it.
bool kolmogorov_smirnov::make_room() {
  const auto most = static_cast<std::size_t>(options_.max_points);
  const auto batches = static_cast<std::size_t>(options_.batches);
  const auto before = std::min(sizes_.size(), batches - 1);
  std::size_t leave = 0;
  while (sizes_.size() >= batches || values_.size() - leave + batch_.size() > most) {
    leave += sizes_.front();
    sizes_.pop_front();
  }
  const bool whole = sizes_.size() == before;
  if (leave == 0) return whole;
  std::vector<double> leaving;
  leaving.reserve(leave);
  for (; leaving.size() < leave; values_.pop_front()) leaving.push_back(values_.front());
  std::sort(leaving.begin(), leaving.end());
  std::size_t left = 0, kept = 0;
  for (const double x : sorted_) {
    if (left < leave && leaving[left] == x) {
      ++left;
    } else {
      sorted_[kept++] = x;
    }
  }
  sorted_.resize(kept);
  return whole;
}

void kolmogorov_smirnov::check_state() {
  std::uint64_t values = 0;
  bool fits = sizes_.size() <= static_cast<std::size_t>(options_.batches) &&
              values_.size() <= static_cast<std::size_t>(options_.max_points);
  for (std::size_t i = 0; fits && i < sizes_.size(); ++i) {
    fits = sizes_[i] > 0 && sizes_[i] <= values_.size() - values;
    const auto begin = values;
    values += fits ? sizes_[i] : 0;
    for (auto k = begin; k < values; ++k) {
      fits = fits && std::isfinite(values_[k]) && (k == begin || values_[k - 1] <= values_[k]);
    }
  }
  if (!fits || values != values_.size())
    throw udf::state_error("the snapshot's history does not fit the options batches and maxPoints");
  sorted_.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) sorted_.push_back(values_[i]);
  std::sort(sorted_.begin(), sorted_.end());
}

}  // namespace kapacitor::udf::functions
