#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/output.hpp"
#include <kapacitor/udf/engine.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::agent {

/// Hands what a function emits to a sink, as views: nothing of a single point is encoded or copied.
class sink_output final : public output {
 public:
  sink_output(edge provides, std::size_t max_message, result_sink& sink)
      : output(provides, max_message), sink_(sink) {}

  void emit(const point& like, std::span<const field> fields) override;
  void emit(const point& like, timestamp time, std::span<const field> fields) override;
  void emit(const header& own, timestamp time, std::span<const field> fields) override;
  void extend(const point& like, std::span<const field> fields) override;
  void forward(const point& like) override;
  void close(const open_batch& whole, timestamp tmax) override;

  /// Whether what is being thrown comes from the sink. Forgets it.
  bool take_sink_failure() { return std::exchange(sink_failed_, false); }

 private:
  result result_like(const point& p) const;
  std::string_view group_of(const header& own);
  void deliver(result& r, std::span<const field> fields);
  void deliver(const result& r);
  void deliver_points(const open_batch& whole, const result_batch& b);
  template <class Call>
  void in_sink(Call call);

  result_sink& sink_;
  bool sink_failed_ = false;
  std::string group_;
  std::vector<udf::tag> tags_;  // of the batch being closed
  std::vector<std::string_view> dimensions_;
  point decoded_;
};

}  // namespace kapacitor::udf::agent
