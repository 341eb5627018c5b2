#include <memory>
#include <utility>

#include "api/batch_access.hpp"
#include "api/point_access.hpp"
#include "drive/group_finder.hpp"
#include "drive/sink_output.hpp"
#include "session/left_out.hpp"
#include "session/snapshot.hpp"
#include "session/sweep.hpp"
#include <kapacitor/udf/engine.hpp>

namespace kapacitor::udf {
namespace {

class callable_sink final : public result_sink {
 public:
  explicit callable_sink(std::function<void(const result&)> call) : call_(std::move(call)) {}
  void on_point(const result& r) override { call_(r); }

 private:
  std::function<void(const result&)> call_;
};

std::string ns(timestamp t) {
  return std::to_string(t.time_since_epoch().count()) + " ns";
}

}  // namespace

const value* result::find(std::string_view field_name) const {
  for (const auto& f : fields) {
    if (f.name == field_name) return &f.value;
  }
  return nullptr;
}

std::optional<double> result::number(std::string_view field_name) const {
  const auto* found = find(field_name);
  return found ? found->number() : std::nullopt;
}

class engine::impl {
 public:
  impl(function f, const std::vector<option>& options, result_sink& sink, engine_settings settings)
      : function_(std::move(f)),
        settings_(std::move(settings)),
        sink_(sink),
        output_(function_.provides, settings_.max_message, sink),
        emitter_(output_),
        task_(function_.make_task(options, settings_.limits)),
        groups_(settings_.group_by) {
    output_.watch(point_);
  }
  impl(function f, const std::vector<option>& options, std::unique_ptr<result_sink> sink,
       engine_settings settings)
      : impl(std::move(f), options, *sink, std::move(settings)) {
    owned_sink_ = std::move(sink);
  }

  void add(const input& p) { add(p, groups_, settings_.group_by.measurement); }
  void add(const input& p, const udf::group_by& by) {
    host::group_finder own(by);
    add(p, own, by.measurement);
  }
  void begin_batch(const input_batch& b);
  void end_batch(timestamp tmax);
  void advance(timestamp now);
  void finish();
  std::string save(std::string_view cookie);
  std::string load(std::string_view saved);
  engine_totals totals() const;

 private:
  void add(const input& p, host::group_finder& groups, bool by_measurement);
  void expect_open() const;
  void expect_no_batch(const char* what) const;
  template <class Place, class Call>
  void in_function(std::string_view group, Place place, Call call);
  void fail(std::string_view group, const std::string& place, const std::string& what);
  void sweep_groups(agent::sweep& s, const std::string& place);
  void hand_over_warnings();

  const function function_;
  const engine_settings settings_;
  std::unique_ptr<result_sink> owned_sink_;
  result_sink& sink_;
  agent::sink_output output_;
  emitter emitter_;
  std::unique_ptr<task> task_;
  std::unique_ptr<function_error> ended_by_;
  bool finished_ = false;
  std::uint64_t errors_ = 0;
  agent::left_out left_out_;

  // Of the point being taken.
  point point_;
  host::group_finder groups_;
  // Of the batch being taken: its texts must last until its end.
  batch begin_;
  batch_end end_;
  std::vector<std::string> texts_;
  std::string batch_group_;
};

void engine::impl::expect_open() const {
  if (ended_by_) [[unlikely]]
    throw function_error(*ended_by_);
  if (finished_) [[unlikely]]
    throw std::logic_error(function_.name + ": the engine is finished");
}

void engine::impl::expect_no_batch(const char* what) const {
  if (output_.in_batch()) throw std::logic_error(std::string(what) + " inside a batch");
}

/// Calls the function; what it throws, but not what the sink throws, is dealt with as the policy
/// says.
template <class Place, class Call>
void engine::impl::in_function(std::string_view group, Place place, Call call) {
  try {
    call();
  } catch (const std::exception& problem) {
    if (output_.take_sink_failure()) throw;
    fail(group, place(), problem.what());
  } catch (...) {
    if (output_.take_sink_failure()) throw;
    fail(group, place(), "an exception that is no std::exception");
  }
  hand_over_warnings();
}

void engine::impl::fail(std::string_view group, const std::string& place, const std::string& what) {
  ++errors_;
  const function_error error(function_.name, group, place, what);
  if (settings_.on_error == error_policy::skip) return sink_.on_error(error);
  ended_by_ = std::make_unique<function_error>(error);
  throw error;
}

void engine::impl::hand_over_warnings() {
  const auto evicted = task_->evicted_groups();
  const bool any = agent::left_out::any(output_.totals(), evicted);
  if (!any && !output_.warnings().any_new() && !output_.unanswered().any_new()) [[likely]] {
    return;
  }
  left_out_.take_due(
      output_.totals(), evicted,
      [this](std::string_view phrase, std::uint64_t count) { sink_.on_warning(phrase, count); });
  output_.warnings().take_due(
      [this](std::string_view text, std::uint64_t times) { sink_.on_warning(text, times); });
  output_.unanswered().take_due([this](const agent::cause& said) {
    sink_.on_warning((said.answered ? "answered in part: " : "point skipped: ") + key_values(said),
                     said.count);
  });
  if (const auto why = output_.unanswered().take_no_answer(); !why.empty())
    sink_.on_warning(why, 1);
}

void engine::impl::add(const input& p, host::group_finder& groups, bool by_measurement) {
  expect_open();
  if (output_.in_batch()) {
    agent::point_access::make(point_, p.time, batch_group_, {.tags = p.tags}, p.fields);
  } else if (function_.wants == edge::batch) {
    throw std::logic_error(function_.name +
                           " wants batches: add() between begin_batch() and "
                           "end_batch()");
  } else {
    groups.find(p.name, p.tags);
    const header h{p.name, p.database,    p.retention_policy, groups.dimensions(),
                   p.tags, by_measurement};
    agent::point_access::make(point_, p.time, groups.id(), h, p.fields);
  }
  ++output_.totals().points_in;
  in_function(
      point_.group(), [&] { return "point of " + std::string(p.name) + " at " + ns(p.time); },
      [&] { task_->on_point(point_, emitter_); });
}

void engine::impl::begin_batch(const input_batch& b) {
  expect_open();
  expect_no_batch("a batch begins");
  if (function_.wants == edge::stream) {
    throw std::logic_error(function_.name + " wants single points: add() without begin_batch()");
  }
  texts_.assign(1, std::string(b.name));
  for (const auto& t : b.tags) {
    texts_.emplace_back(t.name);
    texts_.emplace_back(t.value);
  }
  const group_by own{.all_tags = true, .measurement = b.by_name};
  host::group_finder found(own);
  found.find(b.name, b.tags);
  batch_group_ = found.id();
  agent::batch_access::make(begin_, texts_[0], batch_group_, b.by_name, b.size);
  for (std::size_t i = 1; i < texts_.size(); i += 2) {
    agent::batch_access::add_tag(begin_, {texts_[i], texts_[i + 1]});
  }
  ++output_.totals().batches_in;
  output_.enter_batch(begin_);
  const agent::output::without_point now(output_, batch_group_);
  in_function(
      batch_group_, [&] { return "begin of a batch of " + texts_[0]; },
      [&] { task_->on_begin(begin_, emitter_); });
}

void engine::impl::end_batch(timestamp tmax) {
  expect_open();
  if (!output_.in_batch()) throw std::logic_error("a batch ends that has not begun");
  agent::batch_access::end(end_, begin_, tmax);
  struct leaving {
    agent::output& out;
    ~leaving() { out.leave_batch(); }
  } const at_the_end{output_};
  const agent::output::without_point now(output_, batch_group_);
  in_function(
      batch_group_, [&] { return "end of a batch of " + texts_[0] + " at " + ns(tmax); },
      [&] { task_->on_end(end_, emitter_); });
}

void engine::impl::sweep_groups(agent::sweep& s, const std::string& place) {
  while (s.active()) {
    s.step(*task_, emitter_, [&](std::string_view group, auto call) {
      const agent::output::without_point now(output_, group);
      in_function(
          group, [&] { return place; }, call);
    });
  }
}

void engine::impl::advance(timestamp now) {
  expect_open();
  expect_no_batch("advance()");
  task_->tell_time(now);
  if (!task_->wants_time() && !task_->forgets()) return;
  agent::sweep s;
  s.begin_time(now);
  sweep_groups(s, "time " + ns(now));
}

void engine::impl::finish() {
  expect_open();
  expect_no_batch("finish()");
  finished_ = true;
  if (task_->wants_finish()) {
    agent::sweep s;
    s.begin_finish();
    sweep_groups(s, "end of the input");
  }
  output_.unanswered().expect_answer_at_end(output_.totals());
  hand_over_warnings();
}

std::string engine::impl::save(std::string_view cookie) {
  expect_no_batch("save()");
  return agent::pack_snapshot(function_, *task_, {.cookie = cookie, .headroom = 0});
}

std::string engine::impl::load(std::string_view saved) {
  expect_no_batch("load()");
  return std::string(agent::unpack_snapshot(function_, *task_, saved));
}

engine_totals engine::impl::totals() const {
  const auto& t = output_.totals();
  engine_totals all;
  all.points_in = t.points_in;
  all.points_out = t.points_out;
  all.batches_in = t.batches_in;
  all.batches_out = t.batches_out;
  all.points_skipped = t.points_skipped;
  all.skipped = t.skipped;
  all.incomplete = t.incomplete;
  all.errors = errors_;
  all.non_finite_fields = t.non_finite_fields;
  all.empty_points = t.empty_points;
  all.batches_dropped = t.batches_dropped;
  all.groups = task_->groups();
  all.evicted_groups = task_->evicted_groups();
  all.expired_groups = task_->expired_groups();
  return all;
}

engine::engine(function f, const std::vector<option>& options, result_sink& sink,
               engine_settings settings)
    : impl_(std::make_unique<impl>(std::move(f), options, sink, std::move(settings))) {}
engine::engine(function f, const std::vector<option>& options,
               std::function<void(const result&)> sink, engine_settings settings)
    : impl_(std::make_unique<impl>(std::move(f), options,
                                   std::make_unique<callable_sink>(std::move(sink)),
                                   std::move(settings))) {}
engine::~engine() = default;
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;

void engine::add(const input& p) {
  impl_->add(p);
}
void engine::add(const input& p, const udf::group_by& by) {
  impl_->add(p, by);
}
void engine::begin_batch(const input_batch& b) {
  impl_->begin_batch(b);
}
void engine::end_batch(timestamp tmax) {
  impl_->end_batch(tmax);
}
void engine::advance(timestamp now) {
  impl_->advance(now);
}
void engine::finish() {
  impl_->finish();
}
std::string engine::save(std::string_view cookie) {
  return impl_->save(cookie);
}
std::string engine::load(std::string_view saved) {
  return impl_->load(saved);
}
engine_totals engine::totals() const {
  return impl_->totals();
}

}  // namespace kapacitor::udf
