#include <exception>
#include <utility>

#include "supervise/post.hpp"

// How a function's socket, workers and connections go from one program to the next.
namespace kapacitor::udf::supervise {
namespace {

/// The one that is kept; if it is gone, a new one.
std::unique_ptr<server::socket_file> file_for(const supervised_function& f, const saved_post& saved,
                                              const server::socket_access& access,
                                              const log_sink& log) {
  const auto& s = saved.socket;
  if (s.lock >= 0) {
    return std::make_unique<server::socket_file>(
        server::socket_file::kept{saved.path, s.lock, s.device, s.inode});
  }
  if (f.path.empty()) return nullptr;
  return std::make_unique<server::socket_file>(f.path, access, log);
}

}  // namespace

post::post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
           const supervised_function& f, const saved_post& saved, handover_in* conversations)
    : post(io, settings, log, f, file_for(f, saved, settings.access, log), saved.socket.listening) {
  if (info_.empty()) info_ = saved.info;
  last_id_ = saved.last_id;
  if (saved.scores.board >= 0) count_scores(&saved.scores);
  shared_lost_ = saved.shared_lost;
  const auto shared_end = [this](const worker_process* w, const worker_end& e) {
    shared_ended(w, e);
  };
  if (saved.shared) shared_ = taken_over(*saved.shared, shared_end);
  for (const auto& w : saved.leaving) leaving_.push_back(taken_over(w, shared_end));
  if (!leaving_.empty()) farewell_soon();
  for (const auto& [id, w] : saved.alone) {
    alone_[id] = taken_over(w, [this, id = id](const worker_process* which, const worker_end& e) {
      alone_ended(id, which, e);
    });
  }
  for (const auto& r : saved.relays) take_over(r, conversations);
}

std::unique_ptr<worker_process> post::taken_over(const saved_worker& saved, end_of_worker on_end) {
  const auto made = std::make_shared<worker_process*>();
  auto process = std::make_unique<worker_process>(
      io_, function_.start,
      worker_process::hooks{
          log_, [made, on_end = std::move(on_end)](const worker_end& e) { on_end(*made, e); }},
      saved);
  *made = process.get();
  return process;
}

void post::take_over(const saved_relay& saved, handover_in* conversations) {
  protocol::socket s(io_, protocol(), saved.kapacitor);
  const auto made = std::make_shared<relay>(std::move(s), context_for(saved.id));
  if (conversations) {
    made->resume(saved, conversations->next());
    return static_cast<void>(relays_.insert(made));
  }
  try {
    made->recover(saved);
    relays_.insert(made);
  } catch (const std::exception& problem) {
    log_line("connection lost with the process before: its record is of no use")
        .add("function", function_.name)
        .add("connection", saved.id)
        .add("error", problem.what())
        .write(log_, log_level::error);
    made->close();
  }
}

void post::keep_socket() const {
  if (!settings_.store || !file_) return;
  settings_.store->keep(name_of_socket(function_.name),
                        {accepting_->listening().native_handle(), file_->keep().lock});
}

void post::pause() {
  accepting_->pause_accepting();
  retry_.cancel();
  if (const auto query = query_.lock()) query->cancel();
  // They would have been, in a moment.
  for (const auto& w : leaving_) {
    if (condemned_.contains(w.get())) w->kill();
  }
}

saved_post post::saved() const {
  saved_post s{.name = function_.name, .path = function_.path, .info = info_};
  s.socket.listening = accepting_->listening().native_handle();
  if (file_) {
    const auto kept = file_->keep();
    s.socket.lock = kept.lock;
    s.socket.device = kept.device;
    s.socket.inode = kept.inode;
  }
  s.last_id = last_id_;
  s.shared_lost = shared_lost_;
  if (shared_) s.shared = shared_->saved();
  for (const auto& [id, w] : alone_) s.alone.emplace_back(id, w->saved());
  for (const auto& w : leaving_) s.leaving.push_back(w->saved());
  for (const auto& r : relays_) s.relays.push_back(r->saved());
  if (scores_) s.scores = scores_->saved();
  return s;
}

void post::save_conversations(handover_out& out) const {
  for (const auto& r : relays_) out.add(r->saved_conversation());
}

}  // namespace kapacitor::udf::supervise
