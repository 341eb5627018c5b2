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
      .optional("points", &options::points, "values that the history holds at most",
                udf::between(2, 10'000'000));
}

void kolmogorov_smirnov::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return out.skip();
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
  if (!batch_.empty() && !(options_.freeze && verdict.significant(options_))) take_batch();
  batch_.clear();
}

void kolmogorov_smirnov::take_batch() {
  const auto most = static_cast<std::size_t>(options_.points);
  if (batch_.size() > most) thin_batch();
  make_room();
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

/// A batch that is larger than the whole history may be: every so many-th value, in order of size,
/// is distributed like all.
void kolmogorov_smirnov::thin_batch() {
  const auto most = static_cast<std::size_t>(options_.points);
  const double step = static_cast<double>(batch_.size()) / static_cast<double>(most);
  for (std::size_t i = 0; i < most; ++i) {
    batch_[i] = batch_[static_cast<std::size_t>((static_cast<double>(i) + 0.5) * step)];
  }
  batch_.resize(most);
}

/// The oldest batches leave, together: many may be small.
void kolmogorov_smirnov::make_room() {
  const auto most = static_cast<std::size_t>(options_.points);
  std::size_t leave = 0;
  while (sizes_.size() >= static_cast<std::size_t>(options_.size) ||
         values_.size() - leave + batch_.size() > most) {
    leave += sizes_.front();
    sizes_.pop_front();
  }
  if (leave == 0) return;
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
}

void kolmogorov_smirnov::check_state() {
  std::uint64_t values = 0;
  bool fits = sizes_.size() <= static_cast<std::size_t>(options_.size) &&
              values_.size() <= static_cast<std::size_t>(options_.points);
  for (std::size_t i = 0; fits && i < sizes_.size(); ++i) {
    fits = sizes_[i] > 0 && sizes_[i] <= values_.size() - values;
    const auto begin = values;
    values += fits ? sizes_[i] : 0;
    for (auto k = begin; k < values; ++k) {
      fits = fits && std::isfinite(values_[k]) && (k == begin || values_[k - 1] <= values_[k]);
    }
  }
  if (!fits || values != values_.size())
    throw udf::state_error("the snapshot's history does not fit the options size and points");
  sorted_.clear();
  for (std::size_t i = 0; i < values_.size(); ++i) sorted_.push_back(values_[i]);
  std::sort(sorted_.begin(), sorted_.end());
}

udf::description kolmogorov_smirnov::describe() {
  return {
      .computes =
          "Tests each batch against the values of the last `size` batches of the group: whether "
          "they are distributed alike. The statistic is D, the largest distance of the two "
          "empirical distribution functions (Kolmogorov-Smirnov); p is two-sided. The batch is "
          "then taken into the history, unless it is significant and `freeze` is set: the history "
          "then keeps what was usual, and a lasting change stays significant.\n\n"
          "p is exact (for values that do not repeat; where many do, it is too large) up to "
          "n1 · n2 = 100,000, and where one side has at most 20 values up to 2,000,000. Beyond, it "
          "is that of one sample of n = n1 · n2 / (n1 + n2) values: within 0.0006 (n ≥ 20), and "
          "within 0.02 % where √n · D ≥ 1.2 (p below about 0.1) and n ≤ 1000. Without a history, "
          "or with fewer than "
          "two values on either side, there is neither statistic nor p. A batch without values is "
          "not taken into the history. The test takes values for independent: of a smooth series "
          "p is too small.\n\n"
          "The history holds at most `points` values; where a batch would exceed that, the oldest "
          "batches leave, and of a batch that is larger by itself `points` values are kept that "
          "are distributed like all.",
      .outputs = batch_test_outputs("D, from 0 to 1"),
      .times = "One point for each batch, at its tmax. The points' times are not looked at.",
      .cost =
          "O(1) for each point; for a batch of m values, with N in the history, "
          "O(m log m + N), and O(m · N) where p is exact: up to some milliseconds.",
      .state =
          "About 150 bytes and 16 more for each value of the history, 8 for each value of the "
          "largest batch so far; in the snapshot 8 for each value of the history and for each "
          "batch.",
      .source =
          "N. V. Smirnov 1939, 1944; P. J. Kim and R. I. Jennrich, Tables of the exact "
          "sampling distribution of the two-sample Kolmogorov-Smirnov criterion, 1973; "
          "J. Vrbik, Small-Sample Corrections to Kolmogorov-Smirnov Test Statistic, 2018"};
}

}  // namespace kapacitor::udf::functions
