#include "drive/response_reader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <udf.pb.h>

#include "drive/group_id.hpp"
#include "drive/rule.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/frame.hpp"
#include "wire/point_decoder.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::host {
namespace {

// Kapacitor allocates 16 bytes for each announced point at once.
constexpr std::int64_t largest_batch = 100'000'000;

template <class Message>
Message parsed(std::string_view body) {
  Message m;
  if (!m.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    throw wire::protocol_error("the message is damaged");
  }
  return m;
}

edge edge_of(::agent::EdgeType type) {
  return type == ::agent::BATCH ? edge::batch : edge::stream;
}

value_type type_of_argument(int type) {
  switch (type) {
    case ::agent::BOOL:
      return value_type::boolean;
    case ::agent::INT:
      return value_type::integer;
    case ::agent::DOUBLE:
      return value_type::floating;
    case ::agent::STRING:
      return value_type::string;
    case ::agent::DURATION:
      return value_type::duration;
    default:
      throw wire::protocol_error(fmt::format("an option has the unknown type {}", type));
  }
}

}  // namespace

void response_reader::allow_data(edge provides) {
  data_allowed_ = true;
  provides_ = provides;
}

bool response_reader::process() {
  while (handler_.ready()) {
    if (!process_one()) return false;
  }
  return true;
}

bool response_reader::process_one() {
  std::optional<wire::frame> frame;
  try {
    frame = wire::first_frame(buffer_.readable(), max_message_);
  } catch (const wire::protocol_error& e) {
    throw rule_violation("message-length",
                         fmt::format("{}; Kapacitor allocates whatever the length says: it panics "
                                     "or runs out of memory",
                                     e.what()));
  }
  if (!frame) return false;
  handle(frame->message);
  buffer_.consume(frame->size);
  return true;
}

void response_reader::handle(std::string_view message) {
  try {
    dispatch(wire::open_envelope(message));
  } catch (const wire::protocol_error& e) {
    throw rule_violation("damaged-response",
                         fmt::format("read error: {} (Kapacitor stops the task)", e.what()));
  }
}

void response_reader::dispatch(const wire::envelope& envelope) {
  handler_.on_response();
  switch (envelope.kind) {
    case management::info:
      return read_info(envelope.body);
    case management::init:
      return read_outcome(management::init, envelope.body);
    case management::keepalive:
      parsed<::agent::KeepaliveResponse>(envelope.body);
      return;
    case management::snapshot:
      answer_to(management::snapshot, "SnapshotResponse");
      return handler_.on_snapshot(parsed<::agent::SnapshotResponse>(envelope.body).snapshot());
    case management::restore:
      return read_outcome(management::restore, envelope.body);
    case management::error: {
      const auto text = parsed<::agent::ErrorResponse>(envelope.body).error();
      throw rule_violation("error-response", fmt::format("the UDF reports: {}", text));
    }
    case management::begin:
      return begin(envelope.body);
    case management::point:
      return take_point(envelope.body);
    case management::end:
      return end(envelope.body);
    default:
      throw rule_violation("empty-response",
                           "a Response without a message; Kapacitor panics: the whole kapacitord "
                           "goes down");
  }
}

void response_reader::answer_to(management which, const char* name) {
  if (expected(which) == 0) {
    throw rule_violation(
        "stray-response",
        fmt::format("a {} that nobody asked for; Kapacitor logs \"received message "
                    "without requesting it\", or takes it as the answer to its "
                    "next request",
                    name));
  }
  --expected(which);
}

void response_reader::read_info(std::string_view body) {
  answer_to(management::info, "InfoResponse");
  const auto message = parsed<::agent::InfoResponse>(body);
  udf_info info;
  info.wants = edge_of(message.wants());
  info.provides = edge_of(message.provides());
  for (const auto& [name, option] : message.options()) {
    auto& types = info.options[name];
    for (const auto type : option.valuetypes()) types.push_back(type_of_argument(type));
  }
  handler_.on_info(info);
}

void response_reader::read_outcome(management which, std::string_view body) {
  if (which == management::init) {
    answer_to(which, "InitResponse");
    const auto message = parsed<::agent::InitResponse>(body);
    if (message.success()) return handler_.on_initialized();
    throw rule_violation("init-refused",
                         fmt::format("failed to initialize processes {}", message.error()));
  }
  answer_to(which, "RestoreResponse");
  const auto message = parsed<::agent::RestoreResponse>(body);
  if (message.success()) return handler_.on_restored();
  throw rule_violation("restore-refused",
                       fmt::format("error restoring snapshot: {} (Kapacitor fails at each start "
                                   "until the snapshot is deleted)",
                                   message.error()));
}

void response_reader::check_data(const char* what) const {
  if (data_allowed_) return;
  throw rule_violation("data-before-init",
                       fmt::format("a {} before Init and Restore were answered", what));
}

void response_reader::begin(std::string_view body) {
  check_data("BeginBatch");
  batch b;
  wire::batch_decoder::decode(body, b);
  if (b.size() < 0 || b.size() > largest_batch) {
    throw rule_violation("begin-size",
                         fmt::format("a BeginBatch of size {}; Kapacitor allocates so many points "
                                     "at once: it panics or runs out of memory",
                                     b.size()));
  }
  if (provides_ == edge::stream) {
    throw rule_violation("batch-on-stream-edge",
                         "a BeginBatch, but the function says that it provides STREAM");
  }
  if (in_batch_) {
    throw rule_violation("begin-in-batch",
                         fmt::format("a BeginBatch inside a batch; Kapacitor throws away the {} "
                                     "points before it without a word",
                                     batch_ends_.size()));
  }
  in_batch_ = true;
  batch_by_name_ = b.by_name();
}

void response_reader::take_point(std::string_view body) {
  check_data("Point");
  wire::point_decoder::decode(body, point_);
  if (in_batch_) {
    batch_points_ += body;
    batch_ends_.push_back(batch_points_.size());
    return;
  }
  if (provides_ == edge::batch) {
    throw rule_violation(
        "point-on-batch-edge",
        "a Point outside of a batch, but the function says that it provides BATCH");
  }
  hand_over(nullptr);
}

void response_reader::hand_over(const emitted_batch* b) {
  emitted_point p;
  p.time = point_.time().time_since_epoch().count();
  p.tags = point_.tags();
  p.fields = point_.fields();
  p.batch = b;
  if (b) {
    p.name = b->name;
    p.group = b->group;
  } else {
    p.name = point_.name();
    p.database = point_.database();
    p.retention_policy = point_.retention_policy();
    p.dimensions = point_.dimensions();
    group_.clear();
    append_group_id(group_, p.name, point_.by_name(), p.dimensions, p.tags);
    p.group = group_;
  }
  handler_.on_point(p);
}

void response_reader::end(std::string_view body) {
  check_data("EndBatch");
  if (!in_batch_) {
    throw rule_violation("end-without-begin",
                         "an EndBatch without a BeginBatch; Kapacitor panics: the whole kapacitord "
                         "goes down");
  }
  batch_end e;
  wire::batch_decoder::decode(body, e);
  std::vector<tag> tags(e.tags().begin(), e.tags().end());
  std::sort(tags.begin(), tags.end(), [](auto& a, auto& b) { return a.name < b.name; });
  std::vector<std::string_view> dimensions;
  dimensions.reserve(tags.size());
  for (const auto& t : tags) dimensions.push_back(t.name);
  std::string group;
  append_group_id(group, e.name(), batch_by_name_, dimensions, tags);
  const emitted_batch whole{
      ++batches_,         e.name(),      group, tags, e.tmax().time_since_epoch().count(),
      batch_ends_.size(), batch_by_name_};
  std::size_t from = 0;
  for (const auto to : batch_ends_) {
    wire::point_decoder::decode(std::string_view(batch_points_).substr(from, to - from), point_);
    hand_over(&whole);
    from = to;
  }
  in_batch_ = false;
  batch_points_.clear();
  batch_ends_.clear();
  handler_.on_batch_end(whole);
}

void response_reader::finish() const {
  if (!buffer_.readable().empty()) {
    throw rule_violation("end-in-message",
                         fmt::format("the UDF closed the connection in the middle of a message, {} "
                                     "bytes into it; Kapacitor: read error: unexpected EOF",
                                     buffer_.readable().size()));
  }
  if (in_batch_) {
    throw rule_violation("end-in-batch",
                         fmt::format("the UDF closed the connection in the middle of a batch; "
                                     "Kapacitor throws away its {} points without a word",
                                     batch_ends_.size()));
  }
}

}  // namespace kapacitor::udf::host
