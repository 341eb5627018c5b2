#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "functions/numeric/fading.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Pieces of evidence that a point is new. The first five are measured against the range that they
/// have had.
enum novelty_kind : std::size_t {
  new_season,
  new_jump,
  new_surprise,
  new_regime,
  new_value,
  new_likelihood
};
inline constexpr std::size_t ranged_novelties = new_likelihood, novelties = new_likelihood + 1;

/// How much the newest point differs from anything that there has been: each piece of evidence
/// grows as a quantity leaves its range. A range takes in a part of its width with each point only,
/// unless it is told otherwise, and slowly closes again, so that what happened once is not usual
/// for ever.
///
/// Cost: O(1), no allocation
class novelty {
 public:
  struct sample {
    double x = 0;
    double season_residual = 0;  // the value minus what was expected at this time
    double caution = 1;          // so many times farther out than usual for the same evidence
    bool learns_all = false;     // the ranges take in everything and do not close yet
    bool takes_all_in = false;   // they take in everything, and close
  };
  struct judgement {
    // 1: as much as would by itself raise an alarm about as rarely as any other; at most 4.
    std::array<double, novelties> evidence{};
    std::array<fading_range, ranged_novelties> usual{};  // before this point
    double jump = 0;
  };
  judgement judge(const sample& s);
  /// What is no difference at all between values of this size.
  double noise_of(double x) const;

  auto state() {
    return std::tie(seen_, level_, likelihood_, counts_, total_, weight_, surprise_, recent_,
                    ranges_);
  }
  /// Whether it comes from a version that let the weight vanish.
  bool is_worn_out() const;
  bool is_possible() const;
  void scale_weights();
  /// Of version 1, which had the ranges elsewhere.
  void read_version_1(udf::state_reader& in, std::uint64_t seen);
  void read_ranges(udf::state_reader& in) { in.read(ranges_); }

 private:
  static constexpr std::size_t symbols = 17;
  static constexpr double histogram_memory = 16'000;  // points
  static constexpr double least_weight = 0x1p-64;     // of the counts: then they are scaled

  double surprise_of(double x, double noise);
  std::size_t symbol_of(double off, double spread) const;
  void count(std::size_t symbol);
  double jump_of(double x);
  double unlikelihood(double mean_surprise);
  void scale_weight();
  bool adds_up() const;

  std::uint64_t seen_ = 0;  // points before this one
  fading_moments level_, likelihood_;
  // Counts are kept times 1/weight_, so that all fade by one multiplication; weight_ ≥ 2^-64.
  std::array<double, symbols> counts_{};
  double total_ = 0, weight_ = 1;
  std::array<double, 3> surprise_{};  // means over about 5, 20 and 40 points
  double recent_ = 0;                 // mean over about 2 points
  std::array<fading_range, ranged_novelties> ranges_{};
};

}  // namespace kapacitor::udf::functions
