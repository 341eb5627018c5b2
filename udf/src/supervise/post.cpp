#include "supervise/post.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text/error.hpp"
#include "supervise/info_difference.hpp"
#include "supervise/poison_file.hpp"

namespace kapacitor::udf::supervise {
namespace {

using namespace std::chrono_literals;

// How long after its connections the end of a worker may be noticed.
constexpr auto end_follows_within = 500ms;
// For a worker that hangs to report where.
constexpr auto last_words = 500ms;
// Longer than a conversation waits for its last snapshot.
constexpr auto longest_farewell = 12s;
// Suspected connections that have a worker each, of one function: others wait for their turn.
constexpr std::size_t most_alone = 16;

struct socket_pair {
  int ours, theirs;
};
socket_pair make_pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    throw start_error("no socket pair: " + std::generic_category().message(errno));
  return {fds[0], fds[1]};
}

std::unique_ptr<server::socket_file> file_of(const supervised_function& f,
                                             const server::socket_access& access,
                                             const log_sink& log) {
  if (f.path.empty()) return nullptr;
  return std::make_unique<server::socket_file>(f.path, access, log);
}

/// The same log; what it warns of last is known there as well.
log_sink remembering(const log_sink& log, const std::shared_ptr<metrics::warning>& last) {
  auto write = [last, on = log.write, least = log.least](log_level level, std::string_view text) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto at = static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
    if (level >= log_level::warn) *last = {at, metrics::short_text<248>(text)};
    if (on && level >= least) on(level, text);
  };
  return {std::min(log.least, log_level::warn), std::move(write)};
}

}  // namespace

post::post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
           const supervised_function& f)
    : post(io, settings, log, f, file_of(f, settings.access, log), f.listening) {}

post::post(asio::io_context& io, const supervisor_settings& settings, const log_sink& log,
           supervised_function f, std::unique_ptr<server::socket_file> file, int listening)
    : io_(io),
      settings_(settings),
      log_(log),
      function_(std::move(f)),
      info_(function_.info),
      file_(std::move(file)),
      farewell_(io),
      retry_(io) {
  count_scores(nullptr);
  const int made = file_ ? file_->release() : -1;
  const int fd = made >= 0 ? made : listening;
  accepting_ = std::make_shared<accept_loop<protocol>>(protocol::acceptor(io, protocol(), fd),
                                                       accept_hooks());
}

void post::start() {
  keep_socket();
  const auto all = relays_;
  for (const auto& r : all) r->wake();
  if (!info_.empty()) return accepting_->revive();
  query_ = info_query::ask(
      io_, function_.start, log_, [this](const std::string& info, const std::string& why) {
        info_ = info;
        if (!info_.empty()) return accepting_->revive();
        log_line("the agent does not say what it is, asking again in 5 s: Kapacitor waits")
            .add("function", function_.name)
            .add("error", why)
            .write(log_, log_level::error);
        retry_.expires_after(5s);
        retry_.async_wait([this](error_code error) {
          if (!error) start();
        });
      });
}

auto post::accept_hooks() -> accept_loop<protocol>::hooks {
  const auto say = [this](log_level level, const char* what, const std::string& error) {
    log_line line(what);
    line.add("function", function_.name);
    if (!error.empty()) line.add("error", error);
    line.write(log_, level);
  };
  return {[this](protocol::socket s) { adopt(std::move(s)); },
          [say](const error_code& why) {
            say(log_level::error, "cannot accept connections, will try again", why.message());
          },
          [say] { say(log_level::info, "accepting connections again", ""); }};
}

void post::adopt(protocol::socket s) {
  const auto made = std::make_shared<relay>(std::move(s), context_for(++last_id_));
  relays_.insert(made);
  made->start();
}

relay_context post::context_for(std::uint64_t id) {
  relay_context context;
  context.function = function_.name;
  context.id = id;
  context.conversation = settings_.conversation;
  context.conversation.info = info_;
  context.conversation.function = function_.name;
  context.conversation.overload = function_.overload;
  context.conversation.own_worker = function_.start.what == worker_start::kind::own;
  context.store = settings_.store;
  context.warned = std::make_shared<metrics::warning>();
  context.hooks.log = remembering(log_, context.warned);
  context.hooks.keep_poison = [this](std::string_view init, std::string_view requests) {
    return keep_poison(settings_.poison_dir, function_.name, init, requests, log_);
  };
  context.connect_worker = [this](relay& r) { return connect(r); };
  context.worker_lost = [this](relay& r, bool planned) { lost(r, planned); };
  context.kill_worker = [this](relay& r, bool hangs) { kill(r, hangs); };
  if (scores_) context.on_snapshot = [this](relay& r) { scores_->snapshot_taken(r.id()); };
  context.on_closed = [this](relay& r) { closed(r); };
  return context;
}

bool post::wants_alone(const relay& r) const {
  if (function_.start.what == worker_start::kind::agent || settings_.isolate == isolation::task)
    return true;
  return r.conversation().suspected() && alone_.size() < most_alone;
}

int post::connect(relay& r) {
  return wants_alone(r) ? connect_alone(r) : connect_shared(r);
}

int post::connect_shared(relay& r) {
  // The end of its connections is seen before its own: it would only lose one more.
  if (shared_lost_ && clock::now() - *shared_lost_ < end_follows_within) return -1;
  shared_lost_.reset();
  if (!shared_) {
    const auto made = std::make_shared<worker_process*>();
    shared_ = started(-1, [this, made](const worker_end& e) { shared_ended(*made, e); });
    *made = shared_.get();
  }
  const auto pair = make_pair();
  shared_->send_connection({r.id(), pair.theirs, seat_for(r)});
  return pair.ours;
}

int post::connect_alone(relay& r) {
  const auto pair = make_pair();
  const bool own = function_.start.what == worker_start::kind::own;
  const auto made = std::make_shared<worker_process*>();
  auto ended = [this, id = r.id(), made](const worker_end& e) { alone_ended(id, *made, e); };
  try {
    auto process = started(own ? -1 : pair.theirs, std::move(ended));
    *made = process.get();
    process->set_label(r.conversation().label());
    if (own) process->send_connection({r.id(), pair.theirs, seat_for(r)});
    alone_[r.id()] = std::move(process);
  } catch (...) {
    ::close(pair.ours);
    if (own) ::close(pair.theirs);
    throw;
  }
  return pair.ours;
}

std::unique_ptr<worker_process> post::started(int connection,
                                              std::function<void(const worker_end&)> on_end) {
  auto start = function_.start;
  start.connection = connection;
  auto process = std::make_unique<worker_process>(io_, std::move(start),
                                                  worker_process::hooks{log_, std::move(on_end)});
  ++started_;
  const bool own = function_.start.what == worker_start::kind::own;
  const int scores = own && scores_ ? scores_->shared() : -1;
  if (scores >= 0) process->send_scoreboard(scores);
  log_line("worker started")
      .add("function", function_.name)
      .add("pid", process->pid())
      .write(log_, log_level::info);
  return process;
}

/// No connection is worth less than to know what it does.
void post::count_scores(const saved_scores* before) {
  if (!settings_.scores) return;
  try {
    scores_ = before ? std::make_unique<task_scores>(*before) : std::make_unique<task_scores>();
  } catch (const start_error& problem) {
    log_line("what its workers count is not known")
        .add("function", function_.name)
        .add("error", problem.what())
        .write(log_, log_level::warn);
  }
}

std::uint64_t post::seat_for(const relay& r) {
  return scores_ ? scores_->seat_for(r.id()) : metrics::scoreboard::nowhere;
}

void post::say_ended(pid_t pid, const worker_end& end) const {
  const bool well = end.signal == 0 && end.exit_status == 0;
  log_line("worker ended")
      .add("function", function_.name)
      .add("pid", pid)
      .add("how", end.text())
      .write(log_, well ? log_level::info : log_level::error);
}

void post::shared_ended(const worker_process* which, const worker_end& end) {
  say_ended(which->pid(), end);
  if (shared_.get() == which) {
    shared_.reset();
    shared_lost_.reset();
  } else {
    gone(which);
  }
  const auto all = relays_;
  for (const auto& r : all) r->wake();
}

void post::alone_ended(std::uint64_t id, const worker_process* which, const worker_end& end) {
  say_ended(which->pid(), end);
  const auto found = alone_.find(id);
  if (found != alone_.end() && found->second.get() == which) {
    alone_.erase(found);
  } else {
    gone(which);
  }
}

void post::gone(const worker_process* which) {
  condemned_.erase(which);
  std::erase_if(leaving_, [&](const auto& w) { return w.get() == which; });
}

/// The worker may be about to end: it is let go, and killed with this object.
void post::lost(relay& r, bool planned) {
  moved(r.id());
  if (const auto found = alone_.find(r.id()); found != alone_.end()) {
    found->second->drain();
    leaving_.push_back(std::move(found->second));
    alone_.erase(found);
  } else if (!planned && shared_ && !shared_lost_) {
    shared_lost_ = clock::now();
  }
}

void post::kill(relay& r, bool hangs) {
  if (const auto found = alone_.find(r.id()); found != alone_.end()) {
    let_go(std::move(found->second), hangs);
    alone_.erase(found);
  } else if (shared_) {
    let_go(std::move(shared_), hangs);
  }
}

/// One that hangs has a moment to say where.
void post::let_go(std::unique_ptr<worker_process> w, bool hangs) {
  hangs ? w->interrupt() : w->kill();
  const auto timer = std::make_shared<boost::asio::steady_timer>(io_, last_words);
  condemned_.insert(w.get());
  timer->async_wait([this, timer, which = w.get()](error_code) {
    for (const auto& one : leaving_) {
      if (one.get() == which) one->kill();
    }
  });
  leaving_.push_back(std::move(w));
}

void post::closed(relay& r) {
  moved(r.id());
  if (const auto found = alone_.find(r.id()); found != alone_.end()) {
    found->second->drain();
    leaving_.push_back(std::move(found->second));
    alone_.erase(found);
  }
  if (scores_) scores_->ended(r.id());
  relays_.erase(r.shared_from_this());
  if (on_closed) on_closed();
  if (relays_.empty() && on_empty) on_empty();
}

void post::stop_accepting() {
  retry_.cancel();
  accepting_->stop();
  if (settings_.store && file_) forget_stored(name_of_socket(function_.name));
  file_.reset();
}

void post::stop_relays() {
  const auto all = relays_;
  for (const auto& r : all) r->stop();
}

void post::close_relays() {
  const auto all = relays_;
  for (const auto& r : all) r->close();
}

/// An agent must know all options that tasks may use; ours are known to.
void post::replace_workers() {
  if (function_.start.what == worker_start::kind::own) return move_to_new_workers();
  query_ = info_query::ask(io_, function_.start, log_,
                           [this](const std::string& info, const std::string& why) {
                             const auto problem = info.empty() ? why : info_difference(info_, info);
                             if (problem.empty()) {
                               info_ = info;
                               return move_to_new_workers();
                             }
                             log_line("new workers refused, the old ones go on")
                                 .add("function", function_.name)
                                 .add("error", problem)
                                 .write(log_, log_level::error);
                           });
}

void post::move_to_new_workers() {
  if (shared_) {
    leaving_.push_back(std::move(shared_));
    farewell_soon();
  }
  const auto all = relays_;
  for (const auto& r : all) {
    if (r->conversation().attached()) moving_.insert(r->id());
  }
  if (moving_.empty()) farewell();
  for (const auto& r : all) r->replace_worker();
}

/// Those that they serve must have moved by then.
void post::farewell_soon() {
  farewell_.expires_after(longest_farewell);
  farewell_.async_wait([this](error_code error) {
    if (!error) farewell();
  });
}

void post::farewell() {
  moving_.clear();
  for (const auto& w : leaving_) w->drain();
}

void post::moved(std::uint64_t id) {
  if (moving_.erase(id) != 0 && moving_.empty()) farewell();
}

function_view post::view() const {
  function_view v{.name = function_.name,
                  .path = function_.path,
                  .known = !info_.empty(),
                  .workers = alone_.size() + leaving_.size() + (shared_ ? 1 : 0),
                  .workers_started = started_};
  for (const auto& r : relays_) {
    auto& t = v.tasks.emplace_back(r->view());
    if (!scores_) continue;
    t.score = scores_->of(r->id());
    if (const auto w = scores_->warned(r->id()); w.at > t.warned.at) t.warned = w;
  }
  return v;
}

metrics::watched_group post::watch(const metrics::watch_request& r) {
  const relay* found = nullptr;
  for (const auto& one : relays_) {
    const auto& c = one->conversation();
    const bool newer = !found || one->id() > found->id();
    if (newer && c.task() == r.task && c.node() == r.node) found = one.get();
  }
  return found && scores_ ? scores_->watch(found->id(), r) : metrics::watched_group{};
}

void post::reopen_logs() {
  if (shared_) shared_->reopen_log();
  for (const auto& [id, w] : alone_) w->reopen_log();
}

}  // namespace kapacitor::udf::supervise
