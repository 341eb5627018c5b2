#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf {

/// Points kept beyond their callback, such as those of a batch until its end: for functions that
/// can decide only when they have seen all of them.
///
///     struct last_first {
///       static constexpr auto provides = udf::edge::stream;
///       void on_begin(const udf::batch&) { kept.clear(); }
///       void on_point(const udf::point& p, udf::emitter&) { kept.push_back(p); }
///       void on_end(const udf::batch_end&, udf::emitter& out) {
///         for (auto i = kept.size(); i > 0; --i) out.forward(kept[i - 1]);
///       }
///       udf::point_buffer kept;
///     };
///
/// A buffer may be part of `state()`: a snapshot then has its points, as bytes.
///
/// Lifetime: the points live as long as the buffer, but only one of them can be looked at at a
///           time.
/// Threads:  one at a time.
/// Cost:     push_back copies the point's bytes, no allocation in steady state; operator[] reads
///           them again, O(fields). Memory: the bytes of the messages, and a word for each.
class point_buffer {
 public:
  /// Keeps a copy of the point: time, group, tags and fields.
  void push_back(const point& p);
  /// How many points are kept.
  std::size_t size() const { return ends_.size(); }
  /// Whether no point is kept.
  bool empty() const { return ends_.empty(); }
  /// The i-th point kept, from 0, in the order of push_back().
  ///
  /// Lifetime: until the next call of operator[], push_back() or clear(); all points that it
  ///           returns are one object, so two of them cannot be compared by reference.
  /// Errors:   std::out_of_range if i is not below size().
  const point& operator[](std::size_t i);
  /// Forgets all points; keeps the memory for the next ones.
  void clear();

 private:
  friend struct state_codec<point_buffer>;

  std::string bytes_;
  std::vector<std::size_t> ends_;
  point current_;
};

/// The points as they were received.
template <>
struct state_codec<point_buffer> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, point_buffer& x);
  static void load(state_reader& in, point_buffer& x);
};

}  // namespace kapacitor::udf
