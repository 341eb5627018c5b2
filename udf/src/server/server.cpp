#include "server/server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "base/net/answer_within.hpp"
#include "base/text/log.hpp"
#include "server/listener.hpp"
#include "server/listening_log.hpp"
#include "server/worker.hpp"

namespace kapacitor::udf::server {
namespace {

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

class server::impl {
 public:
  impl(const server_settings& settings, const log_sink& log);
  ~impl() { stop(); }

  void serve(function f, const std::string& path);
  void serve(function f, int listening);
  void adopt(const passed_connection& c, std::shared_ptr<const function> f);
  void share(owned_fd scoreboard) { shared_->scores.emplace(std::move(scoreboard)); }
  void be_watched() { shared_->own = std::make_unique<own_connections>(); }
  std::optional<std::vector<connection_view>> view();
  own_connections& own() const { return *shared_->own; }
  void start();
  std::size_t connections() const;
  std::vector<loop_watch::loop> loops();
  bool stop();

 private:
  void accept_connections() noexcept;
  worker& least_loaded();
  void stop_accepting();

  const server_settings settings_;
  std::shared_ptr<server_context> shared_;
  std::vector<std::shared_ptr<worker>> workers_;
  // Accepting has a thread of its own: it goes on while every worker is busy.
  boost::asio::io_context accepting_{1};
  std::vector<std::unique_ptr<socket_file>> sockets_;
  std::vector<std::shared_ptr<listener>> listeners_;
  std::thread accept_thread_;
  listening_log listening_;
};

server::impl::impl(const server_settings& settings, const log_sink& log)
    : settings_(settings),
      shared_(std::make_shared<server_context>(settings.heartbeats, log)),
      listening_(settings.access, log) {
  shared_->session = settings.session;
  shared_->linger = settings.linger;
  for (unsigned i = 0; i < thread_count(settings.threads); ++i) {
    workers_.push_back(std::make_shared<worker>(shared_));
  }
}

void server::impl::serve(function f, const std::string& path) {
  auto& socket =
      sockets_.emplace_back(std::make_unique<socket_file>(path, settings_.access, shared_->log));
  listening_.add(f.name, path);
  serve(std::move(f), socket->release());
}

void server::impl::serve(function f, int listening) {
  listener_context context{shared_->log, [this]() -> worker& { return least_loaded(); },
                           shared_->last_id};
  listeners_.push_back(std::make_shared<listener>(
      accepting_, listening, std::make_shared<const function>(std::move(f)), std::move(context)));
}

void server::impl::adopt(const passed_connection& c, std::shared_ptr<const function> f) {
  auto& w = least_loaded();
  connection::socket taken(w.context());
  error_code error;
  taken.assign(boost::asio::local::stream_protocol(), c.fd, error);
  if (error) {
    ::close(c.fd);
    throw boost::system::system_error(error);
  }
  w.adopt({std::move(taken), c.id, std::move(f), c.seat});
}

void server::impl::start() {
  for (const auto& w : workers_) w->start();
  for (const auto& l : listeners_) l->accept();
  accept_thread_ = std::thread([this] { accept_connections(); });
}

std::optional<std::vector<connection_view>> server::impl::view() {
  return answer_within(
      std::chrono::seconds(2),
      [this](auto what) { boost::asio::post(accepting_, std::move(what)); },
      [all = shared_] { return all->own->view(); });
}

void server::impl::accept_connections() noexcept {
  for (bool ended = false, failed = false; !ended;) {
    try {
      for (const auto& l : listeners_) {
        if (failed) l->revive();
      }
      accepting_.run();
      ended = true;
    } catch (const std::exception& problem) {
      failed = true;
      try_to_say([&] {
        log_line("going on after an error on the thread that accepts connections")
            .add("error", problem.what())
            .write(shared_->log, log_level::error);
      });
    }
  }
}

std::size_t server::impl::connections() const {
  std::size_t n = 0;
  for (const auto& w : workers_) n += w->connections();
  return n;
}

std::vector<loop_watch::loop> server::impl::loops() {
  std::vector<loop_watch::loop> all{
      {"accepting", [this](auto what) { boost::asio::post(accepting_, std::move(what)); }}};
  for (const auto& w : workers_) {
    all.push_back({"thread " + std::to_string(all.size()),
                   [w](auto what) { boost::asio::post(w->context(), std::move(what)); },
                   [w] { return w->busy_for_now(); }});
  }
  return all;
}

worker& server::impl::least_loaded() {
  const auto fewer = [](const auto& a, const auto& b) {
    return a->connections() < b->connections();
  };
  return **std::min_element(workers_.begin(), workers_.end(), fewer);
}

void server::impl::stop_accepting() {
  boost::asio::post(accepting_, [this] {
    for (const auto& l : listeners_) l->stop();
  });
  if (accept_thread_.joinable()) accept_thread_.join();
  accepting_.restart();
  accepting_.run();
  listeners_.clear();
  sockets_.clear();
}

bool server::impl::stop() {
  using clock = std::chrono::steady_clock;
  stop_accepting();
  const auto deadline = clock::now() + settings_.stop_within;
  for (const auto& w : workers_) w->stop();
  const auto all_ended = [&](clock::time_point by) {
    return std::all_of(workers_.begin(), workers_.end(),
                       [by](const auto& w) { return w->ended_by(by); });
  };
  bool ended = all_ended(deadline);
  if (!ended) {
    for (const auto& w : workers_) w->abandon();
    ended = all_ended(clock::now() + std::chrono::milliseconds(500));
  }
  for (const auto& w : workers_) {
    if (w->ended_by(clock::now())) continue;
    log_line("function hangs, not waiting for it any longer").write(shared_->log, log_level::error);
    w->detach();
  }
  workers_.clear();
  return ended;
}

server::server(const server_settings& settings, const log_sink& log)
    : impl_(std::make_unique<impl>(settings, log)) {}
server::~server() = default;

void server::serve(function f, const std::string& path) {
  impl_->serve(std::move(f), path);
}
void server::serve(function f, int listening) {
  impl_->serve(std::move(f), listening);
}
void server::adopt(const passed_connection& c, std::shared_ptr<const function> f) {
  impl_->adopt(c, std::move(f));
}
void server::share(owned_fd scoreboard) {
  impl_->share(std::move(scoreboard));
}
void server::be_watched() {
  impl_->be_watched();
}
std::optional<std::vector<connection_view>> server::view() const {
  return impl_->view();
}
metrics::watched_group server::watch(const metrics::watch_request& r) const {
  return impl_->own().watch(r);
}
void server::start() {
  impl_->start();
}
std::size_t server::connections() const {
  return impl_->connections();
}
std::vector<loop_watch::loop> server::loops() const {
  return impl_->loops();
}
bool server::stop() {
  return impl_->stop();
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace kapacitor::udf::server
