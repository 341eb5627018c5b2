#include "session/session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

#include "base/text/log.hpp"
#include "base/text/quote.hpp"
#include "session/in_function.hpp"
#include "session/management.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/cursor.hpp"
#include "wire/envelope.hpp"
#include "wire/point_decoder.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::agent {
namespace {

// Output waiting beyond this goes out before more input is read: it bounds the memory of a
// function that says far more than it hears. Bytes.
constexpr std::size_t max_waiting_output = std::size_t{1} << 20;

}  // namespace

session::session(const function& f, const session_settings& settings, log_sink log)
    : function_(f),
      settings_(settings),
      log_(std::move(log), f.name),
      writer_(f.provides, settings.max_message),
      emitter_(writer_),
      snapshots_(function_, settings_, log_) {
  writer_.watch(point_);
}

session::~session() {
  try_to_say([this] {
    if (!task_) return;
    const auto with_groups = totals();
    task_.reset();  // a batch that the function still holds is counted as dropped
    auto all = totals();
    all.groups = with_groups.groups;
    all.evicted_groups = with_groups.evicted_groups;
    all.expired_groups = with_groups.expired_groups;
    log_.write_closed(writer_, all);
  });
}

std::span<char> session::prepare() {
  constexpr std::size_t least = std::size_t{16} << 10;
  return in_.prepare(1, closing_ ? 0 : wire::worthwhile_room(in_.readable(), least));
}

void session::consume_output(std::size_t n) {
  writer_.totals().bytes_out += n;
  writer_.out().empty() ? snapshots_.large().consume(n) : writer_.out().consume(n);
}

bool session::output_is_full() const {
  return !snapshots_.large().empty() || writer_.out().size() >= max_waiting_output;
}

/// Whether the next message, or what is there of it, may be a snapshot to be restored: it may be
/// larger than any other.
bool session::may_be_restore() const {
  constexpr auto restore = wire::key_of(static_cast<std::uint32_t>(wire::message_kind::restore),
                                        wire::wire_type::length);
  const auto key = wire::first_byte(in_.readable());
  return !key || *key == restore;
}

/// What usual_frame() does not take: a damaged length ends the conversation.
std::optional<wire::frame> session::any_frame() {
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

bool session::process() {
  if (sweep_.active()) [[unlikely]]
    run_sweep();
  take_messages();
  while (sweep_.active() && sweep_may_go_on()) [[unlikely]] {
      run_sweep();
      take_messages();
    }
  if (closing_) in_.consume(in_.readable().size());
  log_.write_repeating(writer_, task_ ? task_->evicted_groups() : 0);
  return !snapshots_.large().empty() || (!closing_ && output_is_full());
}

void session::take_messages() {
  while (!closing_ && !output_is_full()) {
    auto next = wire::usual_frame(in_.readable(), settings_.max_message);
    if (!next) next = any_frame();
    if (!next) {
      if (finished_ && !closing_ && (in_batch_ || !sweep_.active())) end_of_input();
      return;
    }
    handle(next->message);
    in_.consume(next->size);
  }
}

/// In the middle of a batch the function learns the time when the batch has ended.
bool session::sweep_may_go_on() const {
  return sweep_.active() && !in_batch_ && !closing_ && !output_is_full();
}

void session::run_sweep() {
  try {
    while (sweep_may_go_on()) {
      sweep_.step(*task_, emitter_, [this](std::string_view group, auto call) {
        const output::without_point now(writer_, group);
        in_function(function_.name, group, call);
      });
    }
  } catch (...) {
    fail_as_thrown();
  }
}

/// The function has its say first, if it heard everything.
void session::end_of_input() {
  const auto left = in_.readable().size();
  if (left == 0 && !in_batch_ && task_ && task_->wants_finish() &&
      !std::exchange(finish_told_, true)) {
    return sweep_.begin_finish();
  }
  closing_ = true;
  if (settings_.supervised) answer(ended());
  if (left != 0) {
    log_.write(log_level::warn, "peer closed in the middle of a message",
               "bytes=" + std::to_string(left));
  } else if (in_batch_) {
    log_.write(log_level::warn, "peer closed in the middle of a batch");
  }
}

/// Whatever is thrown ends the conversation with an ErrorResponse. Called where it was caught.
void session::fail_as_thrown() {
  try {
    throw;
  } catch (const wire::protocol_error& problem) {
    fail(std::string("protocol error: ") + problem.what() + " (at byte " +
         std::to_string(problem.offset()) + ")");
  } catch (const no_memory_error& problem) {
    fail_without_memory(problem.what());
  } catch (const std::bad_alloc& problem) {
    fail_without_memory(problem.what());
  } catch (const std::exception& problem) {
    fail(problem.what());
  } catch (...) {
    fail("an exception that is no std::exception");
  }
}

void session::fail_without_memory(const char* what) {
  if (settings_.supervised) throw std::bad_alloc();
  fail(what);
}

void session::handle(std::string_view message) {
  try {
    if (const auto body = wire::usual_point(message); !body.empty() && task_) [[likely]] {
      return handle_point(body);
    }
    handle_any(message);
  } catch (...) {
    fail_as_thrown();
  }
}

void session::handle_any(std::string_view message) {
  using wire::message_kind;
  const auto e = wire::open_envelope(message);
  switch (e.kind) {
    case message_kind::begin:
    case message_kind::point:
    case message_kind::end:
      return handle_data(e.kind, e.body);
    case message_kind::info:
    case message_kind::init:
    case message_kind::keepalive:
    case message_kind::snapshot:
    case message_kind::restore:
      return handle_management(e.kind, e.body);
    case message_kind::time:
      if (settings_.supervised) return handle_time(e.body);
      break;
    case message_kind::none:
      throw wire::protocol_error("a request without a message");
    case message_kind::error:  // responses only
    case message_kind::ended:
      break;
  }
  throw wire::protocol_error("a request of the unknown kind " +
                             std::to_string(static_cast<std::uint32_t>(e.kind)));
}

void session::handle_data(wire::message_kind kind, std::string_view body) {
  if (!task_) throw wire::protocol_error("data before init");
  if (kind == wire::message_kind::point) return handle_point(body);
  ++frames_but_points_;
  kind == wire::message_kind::begin ? handle_batch_begin(body) : handle_batch_end(body);
}

void session::handle_point(std::string_view body) {
  wire::point_decoder::decode(body, point_);
  if (function_.wants == edge::batch && !in_batch_) {
    throw wire::protocol_error("a point outside a batch, but the function wants batches");
  }
  ++writer_.totals().points_in;
  writer_.show_taken(point_);
  in_function(function_.name, point_.group(), [&] { task_->on_point(point_, emitter_); });
}

void session::handle_batch_begin(std::string_view body) {
  if (function_.wants == edge::stream) {
    throw wire::protocol_error("a batch, but the function wants single points");
  }
  if (in_batch_) throw wire::protocol_error("a batch begins inside a batch");
  begin_bytes_.assign(body);
  wire::batch_decoder::decode(begin_bytes_, begin_);
  in_batch_ = true;
  ++writer_.totals().batches_in;
  writer_.enter_batch(begin_);
  const output::without_point now(writer_, begin_.group());
  in_function(function_.name, begin_.group(), [&] { task_->on_begin(begin_, emitter_); });
}

void session::handle_batch_end(std::string_view body) {
  if (!in_batch_) throw wire::protocol_error("a batch ends that has not begun");
  wire::batch_decoder::decode(body, end_);
  {
    const output::without_point now(writer_, begin_.group());
    in_function(function_.name, begin_.group(), [&] { task_->on_end(end_, emitter_); });
  }
  in_batch_ = false;
  writer_.leave_batch();
  run_sweep();
}

void session::handle_management(wire::message_kind kind, std::string_view body) {
  ++frames_but_points_;
  managing_ = kind;
  manage(kind, body);
  managing_ = wire::message_kind::none;
}

void session::manage(wire::message_kind kind, std::string_view body) {
  switch (kind) {
    case wire::message_kind::info:
      return answer(info_response(function_));
    case wire::message_kind::init:
      return handle_init(body);
    case wire::message_kind::keepalive:
      ++writer_.totals().keepalives;
      return answer(keepalive_response(read_keepalive(body)));
    case wire::message_kind::snapshot:
      return handle_snapshot();
    default:
      return handle_restore(body);
  }
}

void session::handle_init(std::string_view body) {
  if (task_) throw wire::protocol_error("a second init");
  auto request = read_init(body);
  log_.task_id = std::move(request.task_id);
  log_.node_id = std::move(request.node_id);
  try {
    auto limits = settings_.limits;
    limits.max_snapshot = settings_.max_snapshot;
    task_ = function_.make_task(request.options, limits);
  } catch (const std::exception& problem) {
    return refuse_init(function_.name + ": " + problem.what());
  }
  answer(init_response(true, ""));
  if (settings_.supervised) ask_for_time();
  log_.write(log_level::info, "connection opened", "options=" + in_quotes(task_->options_text()));
}

void session::ask_for_time() {
  if (!hears_time() && !task_->judges_times()) return;
  // Not the machine's clock: no point is beyond the time before the supervisor has told it.
  if (task_->judges_times()) task_->tell_time(timestamp::max());
  answer(agent::wants_time(hears_time() ? wire::time_use::on_time : wire::time_use::event_clock));
}

/// What is due by then is said before the next request is looked at: its place among the requests
/// decides, not when they come. Within a batch, or if the output is full, it comes right after.
void session::handle_time(std::string_view body) {
  if (!task_) throw wire::protocol_error("the time is told before init");
  ++frames_but_points_;
  const timestamp now{std::chrono::nanoseconds(read_time(body))};
  task_->tell_time(now);
  if (!hears_time()) return;
  sweep_.begin_time(now);
  run_sweep();
}

/// Kapacitor leaves the connection open after this: closing is ours to do.
void session::refuse_init(const std::string& problem) {
  answer(init_response(false, problem));
  log_.write(log_level::warn, "init refused", "error=" + in_quotes(problem));
  closing_ = failed_ = true;
}

void session::handle_snapshot() {
  if (!task_) throw wire::protocol_error("a snapshot is asked for before init");
  snapshots_.save(*task_, writer_.totals(), writer_.out());
  totals_of_snapshot_ = totals();
}

void session::handle_restore(std::string_view body) {
  if (!task_) throw wire::protocol_error("a restore comes before init");
  if (in_batch_) throw wire::protocol_error("a restore in the middle of a batch");
  if (!snapshots_.restore(body, *task_, writer_.totals(), writer_.out())) closing_ = failed_ = true;
}

void session::fail(const std::string& error) {
  closing_ = failed_ = true;
  try {
    answer(error_response(error));
    log_.write(log_level::error, "task stopped", "error=" + in_quotes(error));
  } catch (const std::exception&) {
    // No memory, or --max-message is smaller than the error: closing says enough.
  }
}

std::int64_t session::newest() const {
  return writer_.totals().points_in == 0 ? 0 : point_.time().time_since_epoch().count();
}

session_totals session::totals() const {
  auto t = writer_.totals();
  if (task_) {
    t.groups = task_->groups();
    t.evicted_groups = task_->evicted_groups();
    t.expired_groups = task_->expired_groups();
  }
  return t;
}

work_place session::place() const noexcept {
  const bool managing = managing_ != wire::message_kind::none;
  return {.function = function_.name,
          .task_id = log_.task_id,
          .node_id = log_.node_id,
          .group = managing ? std::string_view() : writer_.current_group(),
          .frame = writer_.totals().points_in + frames_but_points_,
          .saves = managing_ == wire::message_kind::snapshot};
}

std::string heartbeat_frame() {
  wire::output_buffer out;
  wire::append_frame(out, keepalive_response(0), wire::default_max_message);
  return std::string(out.view());
}

}  // namespace kapacitor::udf::agent
