#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/settings.hpp"
#include "run/tick_feed.hpp"
#include "run/workload.hpp"
#include "scenario/model.hpp"
#include "source/label_files.hpp"
#include "source/source.hpp"

namespace kapacitor::generator {

/// The scenario of that name with what the command line changes in it. Errors: usage_error
scenario chosen_scenario(const settings& s, const std::string& name);

/// What to warn of if points of a series are that far apart, ns, and their times are written in
/// those units, ns; nothing if each has a time of its own.
std::optional<log_line> overwriting(double interval, std::int64_t unit);

/// The points of a scenario.
///
/// Errors: usage_error from the constructor
class scenario_workload final : public workload {
 public:
  explicit scenario_workload(const settings& s);

  /// REQUIRES: not this machine's own load
  const scenario& chosen() const { return scenario_; }

  std::size_t most_lanes() const override;
  std::string lane_limit() const override;
  bool at_once() const override;
  std::unique_ptr<feed> make_feed(std::size_t index, std::size_t lanes, beginning b) override;
  std::uint64_t seed() const override { return scenario_.seed; }
  std::vector<log_line> warnings(std::int64_t now) const override;
  void reopen() override;
  void finish() override;
  std::uint64_t labels() const override { return truth_ ? truth_->written() : 0; }
  std::string error() const override { return truth_ ? truth_->error() : ""; }

 private:
  std::unique_ptr<source> make_source(source::range series) const;
  tick_interval interval() const;
  tick_feed::plan plan(beginning b) const;
  std::uint64_t points_of(source::range series) const;

  settings settings_;
  scenario scenario_;  // empty if live
  bool live_ = false;
  std::size_t points_per_tick_ = 0;
  std::unique_ptr<label_files> truth_;
};

}  // namespace kapacitor::generator
