#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

namespace kapacitor::udf::journal {

/// What Kapacitor was told since the last snapshot, as a hash of each answer, so that a new
/// worker's answers to the same requests are not told again.
class answer_log {
 public:
  /// Kapacitor is told an answer with this hash, for the first time.
  void add(std::uint64_t hash) { told_.push_back(hash); }
  /// A snapshot covers what was told.
  void clear();

  std::size_t size() const { return told_.size(); }
  /// The first `n` will not be asked about any more.
  void forget(std::size_t n);

  /// A new worker hears the requests again.
  void repeat() {
    at_ = 0;
    end_ = told_.size();
  }
  /// Whether answers of the past are still to come.
  bool repeating() const { return at_ < end_; }
  /// The new worker gives an answer with this hash. Returns: whether Kapacitor knows it already; if
  /// not, the worker says something else than the one before it, and this is to be told.
  bool known(std::uint64_t hash);
  /// The new worker has answered all requests of the past. Returns: answers that did not come again
  std::size_t end_repeating();

  /// Answers that a new worker gave differently from the one before.
  std::uint64_t different() const { return different_; }
  /// Answers that were not told again.
  std::uint64_t left_out() const { return left_out_; }
  std::size_t memory() const { return told_.capacity() * sizeof(std::uint64_t); }
  auto state() { return std::tie(told_, at_, end_, different_, left_out_); }
  /// Errors: state_error
  void check_state() const;

 private:
  std::vector<std::uint64_t> told_;
  std::size_t at_ = 0, end_ = 0;  // those before at_ came again, those from there to end_ are to
  std::uint64_t different_ = 0, left_out_ = 0;
};

}  // namespace kapacitor::udf::journal
