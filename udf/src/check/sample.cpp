#include "check/sample.hpp"

#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "drive/frames.hpp"
#include "drive/message_group.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr std::int64_t first_time = 1'600'000'000'000'000'000;  // ns since 1970-01-01 UTC
constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t groups = 6;

struct set_field {
  ::agent::Point& to;
  const std::string& name;
  void operator()(std::monostate) const {}
  void operator()(bool x) const { (*to.mutable_fieldsbool())[name] = x; }
  void operator()(std::int64_t x) const { (*to.mutable_fieldsint())[name] = x; }
  void operator()(double x) const { (*to.mutable_fieldsdouble())[name] = x; }
  void operator()(const std::string& x) const { (*to.mutable_fieldsstring())[name] = x; }
  void operator()(std::chrono::nanoseconds x) const { (*this)(std::int64_t{x.count()}); }
};

template <class Set>
std::string frame_with(Set set) {
  ::agent::Request r;
  set(r);
  return framed(r.SerializeAsString());
}

std::string frame_of_point(const ::agent::Point& p) {
  return frame_with([&](auto& r) { *r.mutable_point() = p; });
}

// What a batch has at its beginning and not in each point.
std::string frame_of_batch_point(::agent::Point p) {
  p.clear_name();
  p.clear_database();
  p.clear_retentionpolicy();
  p.clear_dimensions();
  p.clear_byname();
  return frame_of_point(p);
}

bool of_one_batch(const ::agent::Point& a, const ::agent::Point& b) {
  return a.name() == b.name() && group_of(a) == group_of(b);
}

void set_group_tags(const ::agent::Point& from,
                    google::protobuf::Map<std::string, std::string>& to) {
  for (const auto& d : from.dimensions()) {
    if (const auto tag = from.tags().find(d); tag != from.tags().end()) to[d] = tag->second;
  }
}

}  // namespace

std::string joined(const frames& all) {
  return std::accumulate(all.begin(), all.end(), std::string());
}

sample::sample(edge wants, std::string field, std::vector<extra_field> extra)
    : wants_(wants), field_(std::move(field)), extra_(std::move(extra)) {}

::agent::Point sample::point(std::size_t i) const {
  // A batch is of one group, the points of a stream take turns.
  const auto turn = wants_ == edge::batch ? i / batch_size : i;
  ::agent::Point p;
  p.set_time(first_time + static_cast<std::int64_t>(i) * second);
  p.set_name("cpu");
  p.set_database("telegraf");
  p.set_retentionpolicy("autogen");
  p.add_dimensions("host");
  p.add_dimensions("site");
  (*p.mutable_tags())["host"] = fmt::format("h{}", turn % (groups / 2));
  (*p.mutable_tags())["site"] = fmt::format("s{}", turn % groups);
  (*p.mutable_tags())["cpu"] = fmt::format("cpu{}", i % 4);
  p.set_group(group_of(p));
  // One of a batch far from the others, so that there is something to find.
  const auto value = i % batch_size == batch_size - 1 ? 1000 + i : i % 7 + i / 10;
  (*p.mutable_fieldsdouble())[field_] = static_cast<double>(value);
  for (const auto& f : extra_) std::visit(set_field{p, f.name}, f.value.held());
  return p;
}

frames sample::data(std::size_t from, std::size_t to) const {
  std::vector<::agent::Point> points;
  for (auto i = from; i < to; ++i) points.push_back(point(i));
  return data_of(points);
}

frames sample::data_with(const change& odd) const {
  constexpr auto middle = ordinary / 2;
  std::vector<::agent::Point> points;
  for (std::size_t i = 0; i < ordinary; ++i) {
    if (i == middle) add_odd(points, odd, middle);
    points.push_back(point(i));
  }
  return data_of(points);
}

// In a batch all points are of one group: if the odd one leaves it, the whole batch does.
void sample::add_odd(std::vector<::agent::Point>& to, const change& odd, std::size_t i) const {
  const auto changed = [&](std::size_t n) {
    auto p = point(n);
    odd(p);
    return p;
  };
  auto one = changed(i);
  const bool leaves = !of_one_batch(one, point(i));
  if (wants_ == edge::stream || !leaves) return to.push_back(std::move(one));
  for (auto n = i; n < i + batch_size; ++n) to.push_back(changed(n));
}

frames sample::data_changed(const change& each) const {
  std::vector<::agent::Point> points;
  for (std::size_t i = 0; i < ordinary; ++i) {
    points.push_back(point(i));
    each(points.back());
  }
  return data_of(points);
}

frames sample::data_of(const std::vector<::agent::Point>& points) const {
  frames all;
  if (wants_ == edge::stream) {
    for (auto p : points) {
      p.set_group(group_of(p));
      all.push_back(frame_of_point(p));
    }
    return all;
  }
  for (std::size_t at = 0; at < points.size();) {
    auto to = at + 1;
    while (to < points.size() && of_one_batch(points[at], points[to])) ++to;
    for (auto& f : batch({points.begin() + long(at), points.begin() + long(to)})) {
      all.push_back(std::move(f));
    }
    at = to;
  }
  return all;
}

frames sample::batch(const std::vector<::agent::Point>& points,
                     const std::function<void(::agent::BeginBatch&)>& odd_begin) const {
  const auto like = points.empty() ? point(0) : points.front();
  ::agent::BeginBatch b;
  b.set_name(like.name());
  b.set_group(group_of(like));
  b.set_byname(like.byname());
  b.set_size(static_cast<std::int64_t>(points.size()));
  set_group_tags(like, *b.mutable_tags());
  if (odd_begin) odd_begin(b);
  frames all{frame_with([&](auto& r) { *r.mutable_begin() = b; })};
  for (auto p : points) {
    p.set_group(b.group());
    all.push_back(frame_of_batch_point(std::move(p)));
  }
  ::agent::EndBatch e;
  e.set_name(b.name());
  e.set_group(b.group());
  e.set_tmax(points.empty() ? first_time : points.back().time());
  *e.mutable_tags() = b.tags();
  all.push_back(frame_with([&](auto& r) { *r.mutable_end() = e; }));
  return all;
}

}  // namespace kapacitor::udf::host::check
