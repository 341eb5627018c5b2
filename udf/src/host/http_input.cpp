#include "host/http_input.hpp"

#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/error.hpp"
#include "host/gzip.hpp"
#include "host/write_request.hpp"

namespace kapacitor::udf::host {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

std::string_view view(boost::string_view s) {
  return {s.data(), s.size()};
}

}  // namespace

class http_input::impl : public std::enable_shared_from_this<http_input::impl> {
 public:
  class session;

  impl(asio::io_context& io, const http_input_settings& s, intake& to, totals& counts,
       input& owner);

  void accept();
  void stop();
  void abandon();
  void end_when_quiet();

  asio::io_context& io;
  http_input_settings settings;
  intake& to;
  totals& counts;
  input& owner;
  tcp::acceptor acceptor;
  asio::steady_timer quiet;
  std::set<session*> sessions;
  int busy = 0;  // requests under way
  bool stopping = false, over = false;
};

/// One connection; several requests one after the other.
class http_input::impl::session : public std::enable_shared_from_this<session> {
 public:
  session(std::shared_ptr<impl> server, tcp::socket accepted)
      : server_(std::move(server)), stream_(std::move(accepted)) {
    server_->sessions.insert(this);
  }
  ~session() {
    set_busy(false);
    server_->sessions.erase(this);
  }

  void read();
  void close() {
    error_code ignored;
    stream_.socket().close(ignored);
  }
  bool idle() const { return !busy_; }

 private:
  void on_header(error_code error);
  void read_body();
  void handle();
  void handle_write(std::string_view query);
  void hand_over();
  void answer(unsigned status, const std::string& error = {});
  void on_answered(error_code error);
  void set_busy(bool under_way);

  std::shared_ptr<impl> server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<write_request> write_;
  bool busy_ = false;
};

void http_input::impl::session::set_busy(bool under_way) {
  server_->busy += static_cast<int>(under_way) - static_cast<int>(busy_);
  busy_ = under_way;
  if (server_->stopping && server_->busy == 0) server_->end_when_quiet();
}

void http_input::impl::session::read() {
  parser_.emplace();
  parser_->body_limit(server_->settings.max_body);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](error_code error, auto) { self->on_header(error); });
}

void http_input::impl::session::on_header(error_code error) {
  if (error || server_->over) return close();
  set_busy(true);
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  response_ = {};
  response_.result(http::status::continue_);
  http::async_write(stream_, response_, [self = shared_from_this()](error_code failed, auto) {
    failed ? self->close() : self->read_body();
  });
}

void http_input::impl::session::read_body() {
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, auto) {
    if (error == http::error::body_limit) return self->answer(413, "Request Entity Too Large");
    error ? self->close() : self->handle();
  });
}

void http_input::impl::session::handle() {
  const auto target = view(parser_->get().target());
  const auto question = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, question);
  if (path == "/ping" || path == "/kapacitor/v1/ping") return answer(204);
  if (path != "/write" && path != "/kapacitor/v1/write") return answer(404, "Not Found");
  if (parser_->get().method() != http::verb::post) return answer(405, "Method Not Allowed");
  handle_write(target.substr(std::min(question + 1, target.size())));
}

void http_input::impl::session::handle_write(std::string_view query) {
  auto& request = parser_->get();
  try {
    if (beast::iequals(request[http::field::content_encoding], "gzip")) {
      request.body() = unpacked(request.body(), server_->settings.max_unpacked);
    }
  } catch (const std::runtime_error& e) {
    return answer(400, fmt::format("gzip: {}", e.what()));
  }
  write_.emplace(std::move(request.body()), query, server_->settings.retention_policy);
  if (write_->error().empty()) return hand_over();
  server_->counts.refused += write_->points();
  answer(400, write_->error());
}

void http_input::impl::session::hand_over() {
  if (server_->over) return answer(503, "shutting down");
  const bool done = write_->hand_over(server_->to);
  server_->to.flush();
  if (done) return answer(204);
  server_->to.when_room([self = shared_from_this()] { self->hand_over(); });
}

void http_input::impl::session::answer(unsigned status, const std::string& error) {
  response_ = {};
  response_.version(11);
  response_.result(status);
  response_.set(http::field::server, "kapacitor-udf-host");
  response_.keep_alive(parser_->get().keep_alive() && status != 413 && !server_->over);
  if (!error.empty()) {
    constexpr auto replace = nlohmann::json::error_handler_t::replace;
    response_.set(http::field::content_type, "application/json");
    response_.body() = nlohmann::json{{"error", error}}.dump(-1, ' ', false, replace) + "\n";
  }
  if (status != 204) response_.prepare_payload();
  write_.reset();  // last: `error` may be its own
  http::async_write(stream_, response_, [self = shared_from_this()](error_code failed, auto) {
    self->on_answered(failed);
  });
}

void http_input::impl::session::on_answered(error_code error) {
  set_busy(false);
  if (error || !response_.keep_alive() || server_->over) return close();
  read();
}

http_input::impl::impl(asio::io_context& io_, const http_input_settings& s, intake& to_,
                       totals& counts_, input& owner_)
    : io(io_), settings(s), to(to_), counts(counts_), owner(owner_), acceptor(io_), quiet(io_) {
  const auto shown = fmt::format("{}:{}", s.listen.host, s.listen.port);
  try {
    const tcp::endpoint at(asio::ip::make_address(s.listen.host),
                           static_cast<std::uint16_t>(std::stoul(s.listen.port)));
    acceptor.open(at.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(at);
    acceptor.listen();
  } catch (const boost::system::system_error& e) {
    throw start_error(fmt::format("--listen {}: {}", shown, e.code().message()));
  }
}

void http_input::impl::accept() {
  acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket accepted) {
    if (self->over || error == asio::error::operation_aborted) return;
    if (!error) std::make_shared<session>(self, std::move(accepted))->read();
    self->accept();
  });
}

void http_input::impl::stop() {
  if (std::exchange(stopping, true)) return;
  if (busy == 0) end_when_quiet();
}

void http_input::impl::end_when_quiet() {
  if (over) return;
  quiet.expires_after(settings.grace);
  quiet.async_wait([self = shared_from_this()](error_code error) {
    if (error || self->over || self->busy > 0) return;
    self->abandon();
    if (self->owner.on_end) self->owner.on_end();
  });
}

void http_input::impl::abandon() {
  over = true;
  error_code ignored;
  acceptor.close(ignored);
  quiet.cancel();
  for (auto* s : sessions) {
    if (s->idle()) s->close();
  }
}

http_input::http_input(asio::io_context& io, const http_input_settings& s, intake& to,
                       totals& counts)
    : impl_(std::make_shared<impl>(io, s, to, counts, *this)) {}
http_input::~http_input() {
  impl_->abandon();
}
void http_input::start() {
  impl_->accept();
}
void http_input::stop() {
  impl_->stop();
}
void http_input::abandon() {
  impl_->abandon();
}
std::uint16_t http_input::port() const {
  return impl_->acceptor.local_endpoint().port();
}
std::string http_input::url() const {
  const auto at = impl_->acceptor.local_endpoint();
  const bool v6 = at.address().is_v6();
  const auto host = at.address().to_string();
  return fmt::format("http://{}:{}", v6 ? "[" + host + "]" : host, at.port());
}

}  // namespace kapacitor::udf::host
