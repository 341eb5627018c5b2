#include "drive/feed.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "base/text/quote.hpp"
#include "drive/group_id.hpp"
#include "wire/batch_encoder.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_encoder.hpp"
#include <kapacitor/udf/emitter.hpp>

namespace kapacitor::udf::host {

feed::feed(const feed_settings& s, totals& counts)
    : settings_(s), counts_(counts), groups_(settings_.group_by) {}

bool feed::passes(const input_point& p) const {
  const auto any_or = [](const std::string& wanted, std::string_view given) {
    return wanted.empty() || wanted == given;
  };
  return any_or(settings_.database, p.database) &&
         any_or(settings_.retention_policy, p.retention_policy) &&
         any_or(settings_.measurement, p.name);
}

void feed::take(const input_point& p, wire::output_buffer& to) {
  if (satisfied()) return;
  ++counts_.received;
  if (!passes(p)) {
    ++counts_.filtered;
    return;
  }
  ++taken_;
  groups_.find(p.name, p.tags);
  if (!seen_groups_.contains(groups_.id())) {
    seen_groups_.emplace(groups_.id());
    ++counts_.groups;
  }
  try {
    if (settings_.window.by == window_settings::unit::none) return send_point(p, to);
    add_to_window(p, to);
  } catch (const std::length_error& e) {
    throw std::length_error(fmt::format("a point of measurement {}, group {}: {}",
                                        in_quotes(p.name), in_quotes(groups_.id()), e.what()));
  }
}

void feed::send_point(const input_point& p, wire::output_buffer& to) {
  const udf::header header{p.name,
                           p.database,
                           p.retention_policy,
                           groups_.dimensions(),
                           p.tags,
                           groups_.by_measurement()};
  wire::point_parts parts;
  parts.time = p.time;
  parts.own_header = &header;
  parts.group = groups_.id();
  parts.fields = p.fields;
  wire::append_point(to, parts, settings_.max_message);
  ++counts_.sent;
}

feed::group_window& feed::window_of(const input_point& p) {
  const std::string id(groups_.id());
  const auto found = windows_.find(id);
  if (found != windows_.end()) return found->second;
  group_window made{std::string(p.name), {}, window(settings_.window, p.time)};
  for (const auto d : groups_.dimensions()) made.tags.emplace_back(d, tag_value(p.tags, d));
  return windows_.emplace(id, std::move(made)).first->second;
}

// Inside a batch a point has no name, dimensions, database and retention policy.
void feed::add_to_window(const input_point& p, wire::output_buffer& to) {
  udf::header header;
  header.tags = p.tags;
  wire::point_parts parts;
  parts.time = p.time;
  parts.own_header = &header;
  parts.group = groups_.id();
  parts.fields = p.fields;
  frame_.clear();
  wire::append_point(frame_, parts, settings_.max_message);
  auto& g = window_of(p);
  const std::string id(groups_.id());
  g.points.add(p.time, frame_.view(),
               [&](std::int64_t tmax, const auto& points) { send_batch(id, g, tmax, points, to); });
}

void feed::send_batch(const std::string& id, const group_window& g, std::int64_t tmax,
                      const std::deque<window::kept_point>& points, wire::output_buffer& to) {
  std::vector<tag> tags;
  for (const auto& [name, value] : g.tags) tags.push_back({name, value});
  wire::batch_parts batch;
  batch.name = g.name;
  batch.group = id;
  batch.tags = tags;
  batch.size = static_cast<std::int64_t>(points.size());
  batch.by_name = settings_.group_by.measurement;
  wire::append_begin(to, batch, settings_.max_message);
  for (const auto& p : points) to.append(p.frame);
  batch.by_name = false;  // Kapacitor leaves it out of the end
  batch.tmax = tmax;
  wire::append_end(to, batch, settings_.max_message);
  ++counts_.batches_in;
  counts_.sent += points.size();
}

std::uint64_t feed::waiting_in_windows() const {
  std::uint64_t n = 0;
  for (const auto& [id, g] : windows_) n += g.points.waiting();
  return n;
}

}  // namespace kapacitor::udf::host
