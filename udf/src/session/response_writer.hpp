#pragma once

#include <cstddef>
#include <span>

#include "session/output.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_encoder.hpp"

namespace kapacitor::udf::agent {

/// The data side of a session's output: encodes what a function emits as responses to Kapacitor.
class response_writer final : public output {
 public:
  response_writer(edge provides, std::size_t max_message) : output(provides, max_message) {}

  void emit(const point& like, std::span<const field> fields) override;
  void emit(const point& like, timestamp time, std::span<const field> fields) override;
  void emit(const header& own, timestamp time, std::span<const field> fields) override;
  void extend(const point& like, std::span<const field> fields) override;
  void forward(const point& like) override;
  void close(const open_batch& whole, timestamp tmax) override;

  wire::output_buffer& out() { return out_; }
  const wire::output_buffer& out() const { return out_; }

 private:
  wire::point_parts parts_like(const point& p) const;
  void write(wire::point_parts& parts, std::span<const field> fields);
  void write(const wire::point_parts& parts);

  wire::output_buffer out_;
};

}  // namespace kapacitor::udf::agent
