#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <udf.pb.h>

#include "base/text/log.hpp"
#include "drive/group_id.hpp"
#include "drive/requests.hpp"
#include "session/session.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/batch_encoder.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include "wire/point_decoder.hpp"
#include "wire/point_encoder.hpp"
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf::test {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

value as_value(const field_value& v) {
  return std::visit([](const auto& x) { return value(x); },
                    static_cast<const field_value::base&>(v));
}

std::string value_of(const pairs& tags, const std::string& name) {
  for (const auto& [key, text] : tags) {
    if (key == name) return text;
  }
  return {};
}

std::string group_of(const std::string& name, bool by_name, const pairs& dimensions) {
  std::vector<std::string> names;
  for (const auto& d : dimensions) names.push_back(d.first);
  std::string group;
  host::append_group_id(group, name, by_name, names,
                        [&](const std::string& d) { return value_of(dimensions, d); });
  return group;
}

pairs dimensions_of(const point& p) {
  pairs dimensions;
  if (!p.group_by) {
    dimensions = p.tags;
    std::sort(dimensions.begin(), dimensions.end());
    return dimensions;
  }
  for (const auto& d : *p.group_by) dimensions.emplace_back(d, value_of(p.tags, d));
  return dimensions;
}

std::vector<tag> views(const pairs& tags) {
  std::vector<tag> result;
  for (const auto& [name, text] : tags) result.push_back({name, text});
  return result;
}

void write(wire::output_buffer& out, const point& p, const std::string* batch_group) {
  const auto dimensions = dimensions_of(p);
  std::vector<std::string_view> names;
  for (const auto& d : dimensions) names.push_back(d.first);
  std::vector<field> fields;
  for (const auto& [name, v] : p.fields) fields.push_back({name, as_value(v)});
  const auto tags = views(p.tags);
  header h;
  h.tags = tags;
  if (!batch_group) {
    h = {p.name, p.database, p.retention_policy, names, tags, p.by_name};
  }
  wire::point_parts parts;
  const auto group = group_of(p.name, p.by_name, dimensions);
  parts.time = p.time;
  parts.own_header = &h;
  parts.group = batch_group ? *batch_group : group;
  parts.fields = fields;
  wire::append_point(out, parts, wire::default_max_message);
}

point read_point(std::string_view body) {
  udf::point p;
  wire::point_decoder::decode(body, p);
  point read{.name = std::string(p.name()),
             .database = std::string(p.database()),
             .retention_policy = std::string(p.retention_policy()),
             .tags = {},
             .fields = {},
             .time = p.time().time_since_epoch().count(),
             .group_by = std::vector<std::string>(p.dimensions().begin(), p.dimensions().end()),
             .by_name = p.by_name()};
  for (const auto& t : p.tags()) read.tags.emplace_back(t.name, t.value);
  for (const auto& f : p.fields()) {
    read.fields.emplace_back(
        std::string(f.name),
        std::visit([](const auto& x) { return field_value(x); }, f.value.held()));
  }
  return read;
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

class runner::impl {
 public:
  impl(function f, const std::vector<option>& options, task_limits limits)
      : function_(std::move(f)),
        session_(function_, {.limits = limits},
                 {log_level::warn, [this](auto, std::string_view line) { last_log_ = line; }}) {
    send_request(host::init_request(options, "test", function_.name + "2"));
    early_ = receive();
  }

  void send_request(const std::string& request) {
    wire::output_buffer out;
    wire::append_frame(out, request, wire::default_max_message);
    send(out.view());
  }
  void advance(timestamp now) {
    session_.advance(now);
    work();
  }
  void finish() {
    session_.finish();
    work();
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto room = session_.prepare();
      const auto n = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), n);
      session_.commit(n);
      bytes.remove_prefix(n);
      work();
    }
  }

  output receive() {
    auto result = std::exchange(early_, {});
    std::string_view left = answers_;
    while (const auto next = wire::first_frame(left, wire::default_max_message)) {
      take(next->message, result);
      left.remove_prefix(next->size);
    }
    answers_.clear();
    return result;
  }

  std::string snapshot_;
  std::string last_log_;

 private:
  void work() {
    for (bool more = true; more;) {
      more = session_.process();
      answers_.append(session_.output());
      session_.consume_output(session_.output().size());
    }
  }
  void take(std::string_view message, output& result) {
    const auto e = wire::open_envelope(message);
    switch (e.kind) {
      case wire::message_kind::begin: {
        udf::batch b;
        wire::batch_decoder::decode(e.body, b);
        batch opened{
            .name = std::string(b.name()), .tags = {}, .points = {}, .by_name = b.by_name()};
        for (const auto& t : b.tags()) opened.tags.emplace_back(t.name, t.value);
        result.batches.push_back(std::move(opened));
        in_batch_ = true;
        return;
      }
      case wire::message_kind::point:
        (in_batch_ ? result.batches.back().points : result.points).push_back(read_point(e.body));
        return;
      case wire::message_kind::end: {
        batch_end end;
        wire::batch_decoder::decode(e.body, end);
        result.batches.back().tmax = end.tmax().time_since_epoch().count();
        in_batch_ = false;
        return;
      }
      default:
        return take_management(message, result);
    }
  }
  void take_management(std::string_view message, output& result) {
    ::agent::Response response;
    if (!response.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      throw std::logic_error("the function's answer is no Response");
    }
    if (response.has_error()) result.error = response.error().error();
    if (response.has_init()) result.error = response.init().error();
    if (response.has_restore()) result.error = response.restore().error();
    if (response.has_snapshot()) snapshot_ = response.snapshot().snapshot();
  }

  function function_;
  agent::session session_;
  std::string answers_;
  output early_;
  bool in_batch_ = false;
};

runner::runner(function f, std::vector<option> options, task_limits limits)
    : impl_(std::make_unique<impl>(std::move(f), options, limits)) {}
runner::~runner() = default;
runner::runner(runner&&) noexcept = default;

output runner::feed(const std::vector<point>& points) {
  wire::output_buffer out;
  for (const auto& p : points) write(out, p, nullptr);
  impl_->send(out.view());
  return impl_->receive();
}

output runner::feed(const std::vector<batch>& batches) {
  wire::output_buffer out;
  for (const auto& b : batches) {
    auto dimensions = b.tags;
    std::sort(dimensions.begin(), dimensions.end());
    const auto group = group_of(b.name, b.by_name, dimensions);
    const auto tags = views(b.tags);
    const wire::batch_parts parts{
        b.name, group, tags, static_cast<std::int64_t>(b.points.size()), b.tmax, b.by_name};
    wire::append_begin(out, parts, wire::default_max_message);
    for (const auto& p : b.points) write(out, p, &group);
    wire::append_end(out, parts, wire::default_max_message);
  }
  impl_->send(out.view());
  return impl_->receive();
}

output runner::advance(std::int64_t now) {
  impl_->advance(timestamp(std::chrono::nanoseconds(now)));
  return impl_->receive();
}

output runner::finish() {
  impl_->finish();
  return impl_->receive();
}

std::string runner::snapshot() {
  impl_->send_request(host::snapshot_request());
  impl_->receive();
  return std::exchange(impl_->snapshot_, {});
}

std::string runner::restore(std::string_view snapshot) {
  impl_->last_log_.clear();
  impl_->send_request(host::restore_request(snapshot));
  const auto answer = impl_->receive();
  return answer.error.empty() ? impl_->last_log_ : answer.error;
}

}  // namespace kapacitor::udf::test
