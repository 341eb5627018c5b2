#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// Parts of a function's state, as many as its options ask for: one for each field, or one or none
/// of what only some statistics need. A snapshot fills those there are.
template <class T>
class fixed_list {
 public:
  template <class... Args>
  T& emplace_back(Args&&... args) {
    return parts_.emplace_back(std::forward<Args>(args)...);
  }
  void reserve(std::size_t n) { parts_.reserve(n); }
  std::size_t size() const { return parts_.size(); }
  T& operator[](std::size_t i) { return parts_[i]; }
  const T& operator[](std::size_t i) const { return parts_[i]; }
  auto begin() { return parts_.begin(); }
  auto end() { return parts_.end(); }
  auto begin() const { return parts_.begin(); }
  auto end() const { return parts_.end(); }

 private:
  std::vector<T> parts_;
};

}  // namespace kapacitor::udf::functions

namespace kapacitor::udf {

/// Filled in place: a part is made with the options, a snapshot cannot make one.
template <class T>
struct state_codec<functions::fixed_list<T>> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, functions::fixed_list<T>& x) {
    out.count(x.size());
    for (auto& part : x) out.write(part);
  }
  static void load(state_reader& in, functions::fixed_list<T>& x) {
    if (in.count(state_codec<T>::least_size) != x.size()) {
      throw state_error("the snapshot does not have what the options ask for");
    }
    for (auto& part : x) in.read(part);
  }
};

}  // namespace kapacitor::udf
