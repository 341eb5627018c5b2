#include <algorithm>
#include <exception>
#include <utility>

#include <kapacitor/udf/engine.hpp>
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf::test {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

value as_value(const field_value& v) {
  return std::visit([](const auto& x) { return value(x); },
                    static_cast<const field_value::base&>(v));
}

timestamp as_time(std::int64_t ns) {
  return timestamp(std::chrono::nanoseconds(ns));
}

std::int64_t as_ns(timestamp t) {
  return t.time_since_epoch().count();
}

std::vector<tag> views_of(const pairs& tags) {
  std::vector<tag> views;
  for (const auto& [name, text] : tags) views.push_back({name, text});
  return views;
}

pairs copies_of(std::span<const tag> tags) {
  pairs copies;
  for (const auto& t : tags) copies.emplace_back(t.name, t.value);
  return copies;
}

/// A point as an engine takes it. Lifetime: that of the point
struct point_views {
  explicit point_views(const point& p) : tags(views_of(p.tags)) {
    for (const auto& [name, v] : p.fields) fields.push_back({name, as_value(v)});
    views = {p.name, p.database, p.retention_policy, tags, fields, as_time(p.time)};
  }

  std::vector<tag> tags;
  std::vector<field> fields;
  input views;
};

group_by grouping_of(const point& p) {
  if (!p.group_by) return {.all_tags = true, .measurement = p.by_name};
  return {.tags = *p.group_by, .measurement = p.by_name};
}

point point_of(const result& r) {
  point p{.tags = copies_of(r.tags), .time = as_ns(r.time)};
  for (const auto& f : r.fields) {
    const auto copy = std::visit([](const auto& x) { return field_value(x); }, f.value.held());
    p.fields.emplace_back(f.name, copy);
  }
  p.name = r.name;
  p.database = r.database;
  p.retention_policy = r.retention_policy;
  p.group_by.emplace(r.dimensions.begin(), r.dimensions.end());
  p.by_name = r.by_name;
  return p;
}

}  // namespace

const field_value* point::find(std::string_view field) const {
  for (const auto& [field_name, v] : fields) {
    if (field_name == field) return &v;
  }
  return nullptr;
}

std::optional<double> point::number(std::string_view field) const {
  const auto* v = find(field);
  return v ? as_value(*v).number() : std::nullopt;
}

class runner::impl final : public result_sink {
 public:
  impl(function f, const std::vector<option>& options, task_limits limits) {
    const auto name = f.name;
    try {
      engine_.emplace(std::move(f), options, *this, engine_settings{.limits = limits});
    } catch (const std::exception& problem) {
      said_.error = name + ": " + problem.what();
    }
  }

  /// Lets the engine do something, unless the task has ended. Returns: what the function said
  template <class Call>
  output let(Call call) {
    try {
      if (engine_ && !ended_) call(*engine_);
    } catch (const std::exception& problem) {
      said_.error = problem.what();
      ended_ = true;
    }
    return std::exchange(said_, {});
  }

  /// A state that is refused leaves the task at work.
  std::string restore(std::string_view snapshot) {
    try {
      if (engine_) engine_->load(snapshot);
      return {};
    } catch (const std::exception& problem) {
      return problem.what();
    }
  }

  void on_point(const result& r) override {
    (r.batch ? said_.batches.back().points : said_.points).push_back(point_of(r));
  }
  void on_begin(const result_batch& b) override {
    said_.batches.push_back({.name = std::string(b.name),
                             .tags = copies_of(b.tags),
                             .tmax = as_ns(b.tmax),
                             .by_name = b.by_name});
  }

 private:
  std::optional<engine> engine_;
  output said_;
  bool ended_ = false;
};

runner::runner(function f, const std::vector<option>& options, task_limits limits)
    : impl_(std::make_unique<impl>(std::move(f), options, limits)) {}
runner::~runner() = default;
runner::runner(runner&&) noexcept = default;

output runner::feed(const std::vector<point>& points) {
  return impl_->let([&](engine& e) {
    for (const auto& p : points) e.add(point_views(p).views, grouping_of(p));
  });
}

output runner::feed(const std::vector<batch>& batches) {
  return impl_->let([&](engine& e) {
    for (const auto& b : batches) {
      const auto tags = views_of(b.tags);
      e.begin_batch({b.name, tags, static_cast<std::int64_t>(b.points.size()), b.by_name});
      for (const auto& p : b.points) e.add(point_views(p).views);
      e.end_batch(as_time(b.tmax));
    }
  });
}

output runner::advance(std::int64_t now) {
  return impl_->let([=](engine& e) { e.advance(as_time(now)); });
}

output runner::finish() {
  return impl_->let([](engine& e) { e.finish(); });
}

std::string runner::snapshot() {
  std::string saved;
  impl_->let([&](engine& e) { saved = e.save(); });
  return saved;
}

std::string runner::restore(std::string_view snapshot) {
  return impl_->restore(snapshot);
}

}  // namespace kapacitor::udf::test
