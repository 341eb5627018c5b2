#include "functions/detection/welch.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/students_t.hpp>

#include "functions/points/input.hpp"

namespace kapacitor::udf::functions {
namespace {

/// The probability of a t of this size or beyond, in both directions.
double p_of(double t, double degrees_of_freedom) {
  namespace policies = boost::math::policies;
  using quiet = policies::policy<
      policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
      policies::overflow_error<policies::ignore_error>,
      policies::evaluation_error<policies::ignore_error>, policies::promote_double<false>>;
  const boost::math::students_t_distribution<double, quiet> distribution(degrees_of_freedom);
  return std::min(1.0, 2 * cdf(complement(distribution, std::abs(t))));
}

}  // namespace

udf::schema<welch::options> welch::options::describe() {
  return udf::schema<options>{}
      .with(batch_test())
      .flag("student", &options::student, "Student's test: take both variances to be equal");
}

void welch::on_point(const udf::point& p, udf::emitter& out) {
  const auto x = finite_number(p, options_.field);
  if (!x) return skip_without_number(p, options_.field, out);
  batch_.add(*x);
}

void welch::on_end(const udf::batch_end& end, udf::emitter& out) {
  batch_verdict verdict{.n = batch_.mean.count()};
  if (verdict.n > 0) verdict.mean = batch_.mean.value();
  const auto before = reference();
  if (before.mean.count() > 0) verdict.reference_mean = before.mean.value();
  if (std::min(verdict.n, before.mean.count()) >= least_tested_values) test(before, verdict);
  verdict.send(options_, end, out);
  if (verdict.n == 0 || (options_.freeze && verdict.significant(options_))) return;
  if (history_.size() == static_cast<std::size_t>(options_.batches)) history_.pop_front();
  history_.push_back(batch_);
}

/// All batches of the history together. Taken again each time: what has left leaves no trace.
welch::moments welch::reference() const {
  moments all;
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < history_.size(); ++i) n += history_[i].mean.count();
  if (n == 0) return all;
  // From the first mean on: a large offset that all have in common would swallow the rest.
  const auto& first = history_.front().mean;
  double step = 0;
  for (std::size_t i = 0; i < history_.size(); ++i) {
    const auto& one = history_[i].mean;
    step += static_cast<double>(one.count()) / static_cast<double>(n) * one.minus(first);
  }
  all.mean = first;
  all.mean.set_count(n);
  all.mean.move(step);
  for (std::size_t i = 0; i < history_.size(); ++i) {
    const auto& one = history_[i];
    const double distance = one.mean.minus(all.mean);
    all.squares += one.squares + static_cast<double>(one.mean.count()) * distance * distance;
  }
  return all;
}

void welch::test(const moments& reference, batch_verdict& verdict) const {
  const auto n1 = static_cast<double>(batch_.mean.count());
  const auto n2 = static_cast<double>(reference.mean.count());
  const double difference = batch_.mean.minus(reference.mean);
  double part1 = batch_.variance() / n1, part2 = reference.variance() / n2;
  double freedom = n1 + n2 - 2;
  if (options_.student) {
    const double pooled = (batch_.squares + reference.squares) / freedom;
    part1 = pooled / n1;
    part2 = pooled / n2;
  }
  const double variance = part1 + part2;
  // Beyond a double: nothing can be said.
  if (!std::isfinite(difference) || !std::isfinite(variance)) return;
  if (variance == 0) {
    verdict.p = difference == 0 ? 1 : 0;
    if (difference == 0) verdict.statistic = 0;
    return;
  }
  if (!options_.student) {
    // Welch and Satterthwaite's, of the parts' shares: their squares might vanish.
    const double share1 = part1 / variance, share2 = part2 / variance;
    freedom = 1 / (share1 * share1 / (n1 - 1) + share2 * share2 / (n2 - 1));
  }
  const double t = difference / std::sqrt(variance);
  verdict.statistic = t;
  verdict.p = std::isfinite(t) ? p_of(t, freedom) : 0;
}

void welch::moments::add(double x) {
  const double before = mean.distance(x);
  mean.add(x);
  if (mean.count() > 1) squares += before * mean.distance(x);
}

void welch::check_state() const {
  if (history_.size() > static_cast<std::size_t>(options_.batches))
    throw udf::state_error("the snapshot's history does not fit the option batches");
}

void welch::moments::check_state() const {
  if (mean.count() == 0 || mean.count() > (std::uint64_t{1} << 40) || !(squares >= 0))
    throw udf::state_error("the snapshot has an impossible batch in its history");
}

}  // namespace kapacitor::udf::functions
