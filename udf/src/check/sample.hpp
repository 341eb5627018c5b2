#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <udf.pb.h>

#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::host::check {

/// A field that every point has: --field NAME[=VALUE].
struct extra_field {
  std::string name;
  option_value value;
};

/// How many points the batches of ordinary data have: enough for a quartile to be one.
inline constexpr std::size_t batch_size = 20;

/// Requests with data, each a frame, as Kapacitor would write them.
using frames = std::vector<std::string>;

std::string joined(const frames& all);

/// Makes the data that a UDF is tried with: points as Kapacitor sends them, or batches of them.
///
/// Six groups of two dimensions, a tag that is not a dimension, a point each second; the values are
/// whole numbers, all different, so that they are the same as INT and as DOUBLE.
/// Source: proto/PROTOCOL.md, tests/data/captures
class sample {
 public:
  sample(edge wants, std::string field, std::vector<extra_field> extra);

  using change = std::function<void(::agent::Point&)>;

  edge wants() const { return wants_; }
  const std::string& field() const { return field_; }

  /// The i-th point, of a stream or of a batch.
  ::agent::Point point(std::size_t i) const;
  /// Ordinary data: points i with from <= i < to; for a function of batches, in batches of
  /// batch_size.
  frames data(std::size_t from, std::size_t to) const;
  /// The same with one more point in the middle of it, which `odd` makes odd.
  frames data_with(const change& odd) const;
  /// The same if each point is changed.
  frames data_changed(const change& each) const;
  /// One batch, its beginning changed.
  frames batch(const std::vector<::agent::Point>& points,
               const std::function<void(::agent::BeginBatch&)>& odd_begin = {}) const;

 private:
  void add_odd(std::vector<::agent::Point>& to, const change& odd, std::size_t i) const;
  frames data_of(const std::vector<::agent::Point>& points) const;

  edge wants_;
  std::string field_;
  std::vector<extra_field> extra_;
};

/// How many points the ordinary data has.
inline constexpr std::size_t ordinary = 120;

}  // namespace kapacitor::udf::host::check
