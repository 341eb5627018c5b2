#include "host/line_points.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

#include "base/line/writer.hpp"

namespace kapacitor::udf::host {

std::int64_t wall_time(std::int64_t unit) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
  return ns - ns % unit;
}

input_point& point_maker::make(const line_point& from, std::int64_t now) {
  tags_.clear();
  fields_.clear();
  for (const auto& t : from.tags) tags_.push_back({t.name, t.value});
  for (const auto& f : from.fields) {
    fields_.push_back({f.name, std::visit([](auto held) { return value(held); }, f.value)});
  }
  point_.time = from.has_time ? from.time : now;
  point_.name = from.name;
  point_.tags = tags_;
  point_.fields = fields_;
  return point_;
}

std::string_view append_line(std::string& to, const line_parts& p) {
  line_writer line(to, p.name);
  for (const auto& t : p.tags) {
    const auto same = [&t](const tag& other) { return other.name == t.name; };
    if (std::none_of(p.more_tags.begin(), p.more_tags.end(), same)) line.tag(t.name, t.value);
  }
  for (const auto& t : p.more_tags) line.tag(t.name, t.value);
  for (const auto& f : p.fields) line.field(f.name, f.value.held());
  return line.end(p.time);
}

}  // namespace kapacitor::udf::host
