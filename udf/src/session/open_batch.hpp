#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "session/output.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_encoder.hpp"

namespace kapacitor::udf::agent {

/// A batch that a function has begun. Its points wait here, encoded, so that it leaves whole or not
/// at all.
struct open_batch {
  explicit open_batch(output& to) : out(to) {}

  void emit(const point& like, std::span<const field> fields);
  void extend(const point& like, std::span<const field> fields);
  void forward(const point& like);
  void emit(timestamp time, std::span<const udf::tag> own_tags, std::span<const field> fields);

  std::vector<udf::tag> tag_views() const;

  output& out;
  std::string name;
  std::string group;
  std::vector<std::pair<std::string, std::string>> tags;  // the group's
  bool by_name = false;
  std::int64_t size = 0;
  wire::output_buffer points;  // framed, as they would be sent

 private:
  wire::point_parts parts_like(const point& p);
  void write(wire::point_parts& parts, std::span<const field> fields);
  void write(const wire::point_parts& parts);

  std::vector<udf::tag> own_tags_;  // of the point being written
  header own_header_;               // likewise
};

}  // namespace kapacitor::udf::agent
