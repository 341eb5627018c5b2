#include "session/session.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "session/large_message.hpp"
#include "session/management.hpp"
#include "session/response_writer.hpp"
#include "session/session_log.hpp"
#include "session/snapshot.hpp"
#include "wire/cursor.hpp"
#include "wire/point_codec.hpp"
#include "wire/protocol_error.hpp"
#include "wire/receive_buffer.hpp"

namespace kapacitor::udf::agent {
namespace {

// Output waiting beyond this goes out before more input is read: it bounds the memory of a
// function that says far more than it hears.
constexpr std::size_t much_output = std::size_t{1} << 20;

}  // namespace

class session::impl {
 public:
  impl(const function& f, const session_settings& settings, log_sink log)
      : function_(f),
        settings_(settings),
        log_(std::move(log), f.name),
        writer_(f.provides, settings.max_message),
        emitter_(writer_) {}
  ~impl();

  std::span<char> prepare();
  void commit(std::size_t n) {
    in_.commit(n);
    writer_.totals().bytes_in += n;
  }
  void finish() { finished_ = true; }
  bool process();
  std::string_view output() const {
    return writer_.out().empty() ? large_.view() : writer_.out().view();
  }
  void consume_output(std::size_t n);

  bool closing() const { return closing_; }
  bool failed() const { return failed_; }
  std::size_t partial_bytes() const { return in_.readable().size(); }
  session_totals totals() const;

  const std::string& task_id() const { return log_.task_id; }
  const std::string& node_id() const { return log_.node_id; }

 private:
  std::optional<wire::frame> any_frame();
  void handle(std::string_view message);
  void handle_data(wire::data_message which, std::string_view body);
  void handle_management(management which, std::string_view body);
  void handle_batch_begin(std::string_view body);
  void handle_batch_end(std::string_view body);
  void handle_point(std::string_view body);
  void handle_init(std::string_view body);
  void handle_snapshot();
  void handle_restore(std::string_view body);
  void answer(const std::string& response) {
    wire::append_frame(writer_.out(), response, settings_.max_message);
  }
  void answer_snapshot(std::string with_headroom);
  bool may_be_restore() const;
  bool much_waits() const { return !large_.empty() || writer_.out().size() >= much_output; }
  void fail(const std::string& error);
  void end_of_input();

  template <class Call>
  void in_function(std::string_view group, Call call);

  const function& function_;
  session_settings settings_;
  session_log log_;
  wire::receive_buffer in_;
  response_writer writer_;
  emitter emitter_;
  // Goes out behind what else there is to say. Until then nothing more is said.
  large_message large_;
  point point_;
  // The begin of the batch being received. Its bytes must outlive the frame they came in.
  std::string begin_bytes_;
  batch begin_;
  bool in_batch_ = false;
  batch_end end_;
  std::unique_ptr<task> task_;
  bool finished_ = false, closing_ = false, failed_ = false;
};

session::impl::~impl() {
  if (!task_) return;
  task_.reset();  // a batch that the function still holds is counted as dropped
  log_.write_closed(totals());
}

std::span<char> session::impl::prepare() {
  constexpr std::size_t least = std::size_t{16} << 10;
  return in_.prepare(1, closing_ ? 0 : wire::worthwhile_room(in_.readable(), least));
}

void session::impl::consume_output(std::size_t n) {
  writer_.totals().bytes_out += n;
  writer_.out().empty() ? large_.consume(n) : writer_.out().consume(n);
}

/// Whether the next message, or what is there of it, may be a snapshot to be restored: it may be
/// larger than any other.
bool session::impl::may_be_restore() const {
  const auto key = wire::first_byte(in_.readable());
  return !key || *key == wire::key_of(5, wire::wire_type::length);
}

/// What usual_frame() does not take: a damaged length ends the conversation.
std::optional<wire::frame> session::impl::any_frame() {
  const auto [length, size] = wire::read_short_length(in_.readable());
  if (size != 0 && length <= settings_.max_message) return std::nullopt;  // not all there
  try {
    if (!may_be_restore()) return wire::first_frame(in_.readable(), settings_.max_message);
    const auto limit = std::max(settings_.max_message, settings_.max_snapshot);
    return wire::first_frame(in_.readable(), limit, "--max-snapshot");
  } catch (const wire::protocol_error& problem) {
    fail(std::string("protocol error: ") + problem.what());
    return std::nullopt;
  }
}

bool session::impl::process() {
  while (!closing_ && !much_waits()) {
    auto next = wire::usual_frame(in_.readable(), settings_.max_message);
    if (!next) next = any_frame();
    if (closing_) break;
    if (!next) {
      if (finished_) end_of_input();
      break;
    }
    handle(next->message);
    in_.consume(next->size);
  }
  if (closing_) in_.consume(in_.readable().size());
  log_.write_repeating(writer_.totals(), task_ ? task_->evicted_groups() : 0, writer_.warnings());
  return !large_.empty() || (!closing_ && much_waits());
}

void session::impl::end_of_input() {
  closing_ = true;
  if (const auto left = in_.readable().size(); left != 0) {
    log_.write(log_level::warn, "peer closed in the middle of a message",
               "bytes=" + std::to_string(left));
  } else if (in_batch_) {
    log_.write(log_level::warn, "peer closed in the middle of a batch");
  }
}

void session::impl::handle(std::string_view message) {
  try {
    if (const auto body = wire::usual_point(message); !body.empty() && task_) [[likely]] {
      return handle_point(body);
    }
    const auto e = wire::open_envelope(message);
    if (e.number >= 16 && e.number <= 18) {
      handle_data(static_cast<wire::data_message>(e.number), e.body);
    } else if (e.number >= 1 && e.number <= 5) {
      handle_management(static_cast<management>(e.number), e.body);
    } else if (e.number == 0) {
      throw wire::protocol_error("a request without a message");
    } else {
      throw wire::protocol_error("a request of the unknown kind " + std::to_string(e.number));
    }
  } catch (const wire::protocol_error& problem) {
    fail(std::string("protocol error: ") + problem.what() + " (at byte " +
         std::to_string(problem.offset()) + ")");
  } catch (const std::exception& problem) {
    fail(problem.what());
  } catch (...) {
    fail("an exception that is no std::exception");
  }
}

void session::impl::handle_data(wire::data_message which, std::string_view body) {
  if (!task_) throw wire::protocol_error("data before init");
  switch (which) {
    case wire::data_message::point:
      return handle_point(body);
    case wire::data_message::begin:
      return handle_batch_begin(body);
    case wire::data_message::end:
      return handle_batch_end(body);
  }
}

/// Calls the function; what it throws becomes an error that names function and group.
template <class Call>
void session::impl::in_function(std::string_view group, Call call) {
  const auto where = [&] { return function_.name + "[" + std::string(group) + "]: "; };
  try {
    call();
  } catch (const std::exception& problem) {
    throw std::runtime_error(where() + problem.what());
  } catch (...) {
    throw std::runtime_error(where() + "an exception that is no std::exception");
  }
}

void session::impl::handle_point(std::string_view body) {
  wire::point_decoder::decode(body, point_);
  if (function_.wants == edge::batch && !in_batch_) {
    throw wire::protocol_error("a point outside a batch, but the function wants batches");
  }
  ++writer_.totals().points_in;
  in_function(point_.group(), [&] { task_->on_point(point_, emitter_); });
}

void session::impl::handle_batch_begin(std::string_view body) {
  if (function_.wants == edge::stream) {
    throw wire::protocol_error("a batch, but the function wants single points");
  }
  if (in_batch_) throw wire::protocol_error("a batch begins inside a batch");
  begin_bytes_.assign(body);
  wire::batch_decoder::decode(begin_bytes_, begin_);
  in_batch_ = true;
  ++writer_.totals().batches_in;
  writer_.enter_batch(&begin_);
  in_function(begin_.group(), [&] { task_->on_begin(begin_, emitter_); });
}

void session::impl::handle_batch_end(std::string_view body) {
  if (!in_batch_) throw wire::protocol_error("a batch ends that has not begun");
  wire::batch_decoder::decode(body, end_);
  in_function(begin_.group(), [&] { task_->on_end(end_, emitter_); });
  in_batch_ = false;
  writer_.leave_batch();
}

void session::impl::handle_management(management which, std::string_view body) {
  switch (which) {
    case management::info:
      return answer(info_response(function_));
    case management::init:
      return handle_init(body);
    case management::keepalive:
      ++writer_.totals().keepalives;
      return answer(keepalive_response(read_keepalive(body)));
    case management::snapshot:
      return handle_snapshot();
    case management::restore:
      return handle_restore(body);
    case management::error:
      break;  // responses only
  }
}

void session::impl::handle_init(std::string_view body) {
  if (task_) throw wire::protocol_error("a second init");
  auto request = read_init(body);
  log_.task_id = std::move(request.task_id);
  log_.node_id = std::move(request.node_id);
  try {
    task_ = function_.make_task(request.options, settings_.limits);
  } catch (const std::exception& problem) {
    // Kapacitor leaves the connection open after this: closing is ours to do.
    const auto error = function_.name + ": " + problem.what();
    answer(init_response(false, error));
    log_.write(log_level::warn, "init refused", "error=\"" + error + "\"");
    closing_ = failed_ = true;
    return;
  }
  answer(init_response(true, ""));
  log_.write(log_level::info, "connection opened", "options=\"" + task_->fingerprint() + "\"");
}

void session::impl::handle_snapshot() {
  if (!task_) throw wire::protocol_error("a snapshot is asked for before init");
  std::string snapshot;
  in_function("snapshot", [&] { snapshot = pack_snapshot(function_, *task_, wire::longest_head); });
  const auto size = snapshot.empty() ? 0 : snapshot.size() - wire::longest_head;
  ++writer_.totals().snapshots;
  if (size > settings_.max_snapshot) {
    // No reason to stop a task that works; but it will start fresh after a restart.
    log_.write(log_level::error, "snapshot not kept: larger than --max-snapshot",
               "bytes=" + std::to_string(size));
    return answer(snapshot_response({}));
  }
  log_.write(log_level::debug, "snapshot taken", "bytes=" + std::to_string(size));
  size == 0 ? answer(snapshot_response({})) : answer_snapshot(std::move(snapshot));
}

void session::impl::answer_snapshot(std::string with_headroom) {
  constexpr std::size_t small = std::size_t{64} << 10;
  const auto head = wire::head_of_frame(4, with_headroom.size() - wire::longest_head);
  const auto begin = wire::longest_head - head.size();
  head.copy(with_headroom.data() + begin, head.size());
  const auto frame = std::string_view(with_headroom).substr(begin);
  if (frame.size() <= small) return writer_.out().append(frame);
  large_.set(std::move(with_headroom), begin);
}

void session::impl::handle_restore(std::string_view body) {
  if (!task_) throw wire::protocol_error("a restore comes before init");
  if (in_batch_) throw wire::protocol_error("a restore in the middle of a batch");
  const auto snapshot = read_restore(body);
  ++writer_.totals().restores;
  try {
    unpack_snapshot(function_, *task_, snapshot);
  } catch (const std::exception& problem) {
    ++writer_.totals().refused_snapshots;
    const auto error = function_.name + ": " + problem.what();
    // A failed restore would fail the task at every start until somebody deletes the snapshot.
    const bool start_fresh = !settings_.strict_restore;
    log_.write(log_level::error,
               start_fresh ? "snapshot unusable, starting fresh" : "restore refused",
               "error=\"" + error + "\"");
    answer(restore_response(start_fresh, start_fresh ? "" : error));
    if (!start_fresh) closing_ = failed_ = true;
    return;
  }
  answer(restore_response(true, ""));
  log_.write(
      log_level::info, "restored",
      "bytes=" + std::to_string(snapshot.size()) + " groups=" + std::to_string(task_->groups()));
}

void session::impl::fail(const std::string& error) {
  log_.write(log_level::error, "task stopped", "error=\"" + error + "\"");
  closing_ = failed_ = true;
  try {
    answer(error_response(error));
  } catch (const std::exception&) {
    // Only where --max-message is smaller than the error: closing says enough.
  }
}

session_totals session::impl::totals() const {
  auto t = writer_.totals();
  if (task_) {
    t.groups = task_->groups();
    t.evicted_groups = task_->evicted_groups();
  }
  return t;
}

session::session(const function& f, const session_settings& settings, log_sink log)
    : impl_(std::make_unique<impl>(f, settings, std::move(log))) {}
session::~session() = default;

std::span<char> session::prepare() {
  return impl_->prepare();
}
void session::commit(std::size_t n) {
  impl_->commit(n);
}
void session::finish() {
  impl_->finish();
}
bool session::process() {
  return impl_->process();
}
std::string_view session::output() const {
  return impl_->output();
}
void session::consume_output(std::size_t n) {
  impl_->consume_output(n);
}
bool session::closing() const {
  return impl_->closing();
}
bool session::failed() const {
  return impl_->failed();
}
std::size_t session::partial_bytes() const {
  return impl_->partial_bytes();
}
session_totals session::totals() const {
  return impl_->totals();
}
const std::string& session::task_id() const {
  return impl_->task_id();
}
const std::string& session::node_id() const {
  return impl_->node_id();
}

std::string heartbeat_frame() {
  wire::output_buffer out;
  wire::append_frame(out, keepalive_response(0), wire::default_max_message);
  return std::string(out.view());
}

}  // namespace kapacitor::udf::agent
