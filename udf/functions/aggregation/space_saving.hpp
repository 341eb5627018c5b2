#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// The most frequent of any number of texts, from a bounded number of counters.
///
/// A text without a counter takes over the smallest one, and what that had counted: true weight ≤
/// count ≤ true weight + error, and error ≤ all weight / capacity. A text with more than that has a
/// counter.
/// Cost:   O(log capacity); about 130 bytes for each counter
/// Source: Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in
///         data streams" (2005)
class space_saving {
 public:
  static constexpr std::size_t longest_text = 256;  // of a text beyond, what is cut is hashed

  struct counter {
    double count = 0;
    double error = 0;  // what of the count may be of others
    std::string text = {};
    std::uint64_t hash = 0;
    std::uint32_t place = 0;  // in the heap

    auto state() { return std::tie(count, error, text); }
  };

  explicit space_saving(std::int64_t capacity) : capacity_(static_cast<std::size_t>(capacity)) {}

  void add(std::string_view text, double weight);
  /// Puts the counters in order. Before operator[].
  void rank();
  std::size_t size() const { return used_; }
  /// The i-th most frequent, from 0. Of equal ones the one with the smaller error comes first, then
  /// the smaller text.
  const counter& operator[](std::size_t i) const { return counters_[heap_[used_ - 1 - i]]; }
  void clear();

  auto state() {
    counters_.resize(used_);
    return std::tie(counters_, heap_);
  }
  void check_state();

 private:
  void count(std::string_view text, std::uint64_t hash, double weight);
  std::size_t slot_of(std::string_view text, std::uint64_t hash) const;
  std::uint32_t take_over_smallest();
  std::uint32_t add_counter();
  void erase_slot(std::size_t at);
  void rehash();
  void put(std::size_t place, std::uint32_t number);
  void sink(std::size_t place);

  std::size_t capacity_;
  std::size_t used_ = 0;
  std::vector<counter> counters_;     // those in use first; others keep their memory
  std::vector<std::uint32_t> heap_;   // numbers of counters, a smallest one first
  std::vector<std::uint32_t> slots_;  // by hash: number of a counter + 1, 0: free
};

}  // namespace kapacitor::udf::functions
