#include "run/metrics_server.hpp"

#include <charconv>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "base/text/error.hpp"

namespace kapacitor::generator {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto patience = std::chrono::seconds(10);

/// One request and its answer; keeps itself alive until both are through.
struct exchange_of_text : std::enable_shared_from_this<exchange_of_text> {
  exchange_of_text(tcp::socket socket, std::function<std::string()> t)
      : stream(std::move(socket)), text(std::move(t)) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  http::request<http::empty_body> asked;
  http::response<http::string_body> answer;
  std::function<std::string()> text;

  void start() {
    stream.expires_after(patience);
    http::async_read(stream, buffer, asked,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (!error) self->reply();
                     });
  }
  void reply() {
    const bool found = asked.target() == "/metrics" && asked.method() == http::verb::get;
    answer.result(found ? http::status::ok : http::status::not_found);
    answer.set(http::field::content_type, "text/plain; version=0.0.4");
    answer.body() = found ? text() : "see /metrics\n";
    answer.keep_alive(false);
    answer.prepare_payload();
    http::async_write(stream, answer, [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }
};

tcp::endpoint parse_endpoint(const std::string& address) {
  const auto colon = address.rfind(':');
  const auto digits = colon == std::string::npos ? "" : address.substr(colon + 1);
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error || wrong != std::errc{} || end != digits.data() + digits.size()) {
    throw usage_error("--metrics-listen: '" + address +
                      "' is no address: allowed are off and such as 127.0.0.1:9102");
  }
  return {ip, port};
}

}  // namespace

struct metrics_server::state {
  explicit state(asio::io_context& io) : acceptor(io) {}

  tcp::acceptor acceptor;
  std::function<std::string()> text;

  static void accept(const std::shared_ptr<state>& self) {
    self->acceptor.async_accept([self](const error_code& error, tcp::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) std::make_shared<exchange_of_text>(std::move(socket), self->text)->start();
      accept(self);
    });
  }
};

metrics_server::metrics_server(event_loop& loop, const std::string& address,
                               std::function<std::string()> text)
    : state_(std::make_shared<state>(loop.io())) {
  const auto at = parse_endpoint(address);
  state_->text = std::move(text);
  auto& a = state_->acceptor;
  error_code error;
  a.open(at.protocol(), error);
  if (!error) a.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) a.bind(at, error);
  if (!error) a.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw usage_error("--metrics-listen: " + address + ": " + error.message());
  state::accept(state_);
}

metrics_server::~metrics_server() {
  error_code ignored;
  state_->acceptor.close(ignored);
}

std::uint16_t metrics_server::port() const {
  return state_->acceptor.local_endpoint().port();
}

}  // namespace kapacitor::generator
