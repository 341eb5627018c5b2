#include "base/net/http_server.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/net/accept_loop.hpp"
#include "base/net/http_session.hpp"
#include "base/text/error.hpp"

namespace kapacitor {

using asio::ip::tcp;
using std::chrono::nanoseconds;

namespace {

tcp::acceptor listen_at(asio::io_context& io, const http_server::settings& s) {
  try {
    const tcp::endpoint at(asio::ip::make_address(s.at.host), s.at.port);
    tcp::acceptor made(io, at.protocol());
    made.set_option(tcp::acceptor::reuse_address(true));
    made.bind(at);
    made.listen();
    return made;
  } catch (const boost::system::system_error& e) {
    throw usage_error(
        fmt::format("{}: cannot listen on {}: {}", s.flag, s.at.text(), e.code().message()));
  }
}

}  // namespace

http_reply json_error(unsigned status, std::string_view text) {
  constexpr auto replace = nlohmann::json::error_handler_t::replace;
  return {status, nlohmann::json{{"error", text}}.dump(-1, ' ', false, replace) + "\n",
          "application/json"};
}

class http_server::impl final : public http_session_owner,
                                public std::enable_shared_from_this<impl> {
 public:
  impl(asio::io_context& io, settings s, handler h);

  void start() { accepting_->start(); }
  void hurry(nanoseconds most);
  void close_all();
  listen_address at();
  std::size_t under_way() const { return static_cast<std::size_t>(busy_); }
  void on_quiet(std::function<void()> what) { quiet_ = std::move(what); }

  const settings& how() const override { return settings_; }
  nanoseconds time_for(nanoseconds usual) const override { return std::min(usual, hurry_); }
  bool closed() const override { return closed_; }
  void joined(http_session& s) override { sessions_.insert(&s); }
  void left(http_session& s) override;
  bool reserve(std::size_t bytes) override;
  void wait_for_room(std::shared_ptr<http_session> s) override { wanting_.push_back(std::move(s)); }
  void release(std::size_t bytes) override;
  void busy(int change) override;
  void idle() override {
    if (sessions_.size() >= settings_.most.connections) make_room(nullptr);
  }
  void handle(http_request&& r, responder answer) override {
    handler_(std::move(r), std::move(answer));
  }

 private:
  void accepted(tcp::socket s);
  void make_room(const http_session* keep);
  bool full();
  void close_receiving();

  settings settings_;
  handler handler_;
  std::shared_ptr<accept_loop<tcp>> accepting_;
  asio::steady_timer hurry_timer_;
  std::set<http_session*> sessions_;
  std::deque<std::shared_ptr<http_session>> wanting_;  // room for their bodies
  std::size_t reserved_ = 0;                           // bytes
  nanoseconds hurry_ = nanoseconds::max();
  std::function<void()> quiet_;
  int busy_ = 0;
  bool closed_ = false, said_full_ = false;
};

http_server::impl::impl(asio::io_context& io, settings s, handler h)
    : settings_(std::move(s)), handler_(std::move(h)), hurry_timer_(io) {
  accept_loop<tcp>::hooks hooks{
      [this](tcp::socket accepted_one) { accepted(std::move(accepted_one)); },
      [this](const error_code& why) {
        log_line("cannot accept connections, will try again")
            .add("listener", settings_.flag)
            .add("error", why.message())
            .write(settings_.log, log_level::warn);
        make_room(nullptr);
      },
      [this] {
        log_line("accepting connections again")
            .add("listener", settings_.flag)
            .write(settings_.log, log_level::info);
      },
      {},
      [this] { return full(); }};
  accepting_ = std::make_shared<accept_loop<tcp>>(listen_at(io, settings_), std::move(hooks));
}

void http_server::impl::accepted(tcp::socket s) {
  const auto made = std::make_shared<http_session>(shared_from_this(), std::move(s));
  if (sessions_.size() >= settings_.most.connections) make_room(made.get());
  made->wait();
}

void http_server::impl::make_room(const http_session* keep) {
  http_session* found = nullptr;
  for (auto* s : sessions_) {
    if (s != keep && s->waiting() && (!found || s->expendable_before(*found))) found = s;
  }
  if (found) found->close();
}

bool http_server::impl::full() {
  const bool none = sessions_.size() >= settings_.most.connections;
  if (none && !std::exchange(said_full_, true)) {
    log_line("most connections reached, others wait")
        .add("listener", settings_.flag)
        .add("connections", sessions_.size())
        .write(settings_.log, log_level::debug);
  }
  return none;
}

void http_server::impl::left(http_session& s) {
  sessions_.erase(&s);
  accepting_->resume();
}

bool http_server::impl::reserve(std::size_t bytes) {
  if (reserved_ > 0 && reserved_ + bytes > settings_.most.bodies) return false;
  reserved_ += bytes;
  return true;
}

void http_server::impl::release(std::size_t bytes) {
  reserved_ -= bytes;
  if (bytes == 0) return;
  while (!wanting_.empty() && wanting_.front()->try_body()) wanting_.pop_front();
}

void http_server::impl::busy(int change) {
  busy_ += change;
  if (busy_ == 0 && quiet_) quiet_();
}

void http_server::impl::hurry(nanoseconds most) {
  hurry_ = most;
  hurry_timer_.expires_after(most);
  hurry_timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (self && !error) self->close_receiving();
  });
}

void http_server::impl::close_receiving() {
  for (auto* s : sessions_) {
    if (s->receiving()) s->close();
  }
  wanting_.clear();
}

void http_server::impl::close_all() {
  closed_ = true;
  accepting_->stop();
  hurry_timer_.cancel();
  for (auto* s : sessions_) {
    if (s->receiving() || s->waiting()) s->close();
  }
  wanting_.clear();
}

listen_address http_server::impl::at() {
  const auto at = accepting_->listening().local_endpoint();
  return {at.address().to_string(), at.port()};
}

http_server::http_server(asio::io_context& io, settings s, handler h)
    : impl_(std::make_shared<impl>(io, std::move(s), std::move(h))) {}
http_server::~http_server() {
  impl_->on_quiet(nullptr);
  impl_->close_all();
}

void http_server::start() {
  impl_->start();
}
void http_server::hurry(nanoseconds most) {
  impl_->hurry(most);
}
void http_server::close() {
  impl_->close_all();
}
listen_address http_server::at() const {
  return impl_->at();
}
std::size_t http_server::requests_under_way() const {
  return impl_->under_way();
}
void http_server::on_quiet(std::function<void()> what) {
  impl_->on_quiet(std::move(what));
}

}  // namespace kapacitor
