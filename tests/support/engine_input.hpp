#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/batch_decoder.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/point_decoder.hpp"
#include <kapacitor/udf/engine.hpp>

// The streams that sessions are tested with, given to engines; and what comes out of both as text.
namespace kapacitor::udf::test {

/// Settings that group as the encoded streams are grouped.
inline engine_settings grouped_by_host() {
  engine_settings s;
  s.group_by.tags = {"host"};
  return s;
}

/// Feeds an engine with the messages of a stream.
inline void feed(engine& e, std::string_view stream) {
  udf::point p;
  udf::batch b;
  udf::batch_end end;
  while (const auto frame = wire::first_frame(stream, wire::default_max_message)) {
    const auto message = wire::open_envelope(frame->message);
    if (message.kind == wire::message_kind::point) {
      wire::point_decoder::decode(message.body, p);
      e.add({p.name(), p.database(), p.retention_policy(), p.tags(), p.fields(), p.time()});
    } else if (message.kind == wire::message_kind::begin) {
      wire::batch_decoder::decode(message.body, b);
      e.begin_batch({b.name(), b.tags(), b.size(), b.by_name()});
    } else if (message.kind == wire::message_kind::end) {
      wire::batch_decoder::decode(message.body, end);
      e.end_batch(end.tmax());
    }
    stream.remove_prefix(frame->size);
  }
}

inline std::string text_of(const value& v) {
  return std::visit(
      [&v](const auto& x) {
        std::ostringstream out;
        out.precision(17);
        out << x << " of type " << v.held().index();
        return out.str();
      },
      v.held());
}

/// All that is known of what came out, as text: a line for each point, begin and end of a batch.
/// Tags and fields in the order of their names, for protobuf's maps have none.
class described {
 public:
  void point(const header& h, std::span<const field> fields, timestamp time) {
    line_ << h.name << ' ' << h.database << ' ' << h.retention_policy << " by";
    for (const auto d : h.dimensions) line_ << ' ' << d;
    line_ << (h.by_name ? " and name" : "");
    members(h.tags, fields);
    end_line(time);
  }
  void batch_point(std::span<const tag> tags, std::span<const field> fields, timestamp time) {
    line_ << "-";
    members(tags, fields);
    end_line(time);
  }
  void end(std::string_view name, std::span<const tag> tags, timestamp tmax) {
    line_ << "end of " << name;
    members(tags, {});
    end_line(tmax);
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void members(std::span<const tag> tags, std::span<const field> fields) {
    std::map<std::string_view, std::string> sorted;
    for (const auto& t : tags) sorted[t.name] = t.value;
    for (const auto& [name, x] : sorted) line_ << ' ' << name << '=' << x;
    sorted.clear();
    for (const auto& f : fields) sorted[f.name] = text_of(f.value);
    for (const auto& [name, x] : sorted) line_ << " | " << name << '=' << x;
  }
  void end_line(timestamp time) {
    line_ << " @" << time.time_since_epoch().count();
    lines_.push_back(line_.str());
    line_.str({});
  }

  std::ostringstream line_;
  std::vector<std::string> lines_;
};

/// What an engine says.
class describing_sink final : public result_sink {
 public:
  void on_point(const result& r) override {
    if (r.batch) return said.batch_point(r.tags, r.fields, r.time);
    said.point({r.name, r.database, r.retention_policy, r.dimensions, r.tags, r.by_name}, r.fields,
               r.time);
  }
  void on_end(const result_batch& b) override { said.end(b.name, b.tags, b.tmax); }
  void on_error(const function_error& e) override { errors.emplace_back(e.what()); }
  void on_warning(std::string_view text, std::uint64_t) override { warnings.emplace_back(text); }

  described said;
  std::vector<std::string> errors, warnings;
};

/// The same of a session's answers, framed.
inline std::vector<std::string> described_answers(std::string_view answers) {
  described said;
  udf::point p;
  udf::batch_end end;
  bool in_batch = false;
  while (const auto frame = wire::first_frame(answers, answers.size())) {
    const auto message = wire::open_envelope(frame->message);
    if (message.kind == wire::message_kind::begin) in_batch = true;
    if (message.kind == wire::message_kind::point) {
      wire::point_decoder::decode(message.body, p);
      if (in_batch) {
        said.batch_point(p.tags(), p.fields(), p.time());
      } else {
        said.point(
            {p.name(), p.database(), p.retention_policy(), p.dimensions(), p.tags(), p.by_name()},
            p.fields(), p.time());
      }
    }
    if (message.kind == wire::message_kind::end) {
      wire::batch_decoder::decode(message.body, end);
      said.end(end.name(), end.tags(), end.tmax());
      in_batch = false;
    }
    answers.remove_prefix(frame->size);
  }
  return said.lines();
}

}  // namespace kapacitor::udf::test
