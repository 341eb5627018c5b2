#include "host/http_client.hpp"

#include <optional>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace kapacitor::udf::host {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

std::string basic_authorization(const url& to) {
  const auto plain = to.user + ":" + to.password;
  std::string encoded(beast::detail::base64::encoded_size(plain.size()), '\0');
  encoded.resize(beast::detail::base64::encode(encoded.data(), plain.data(), plain.size()));
  return "Basic " + encoded;
}

}  // namespace

std::string http_reply::message() const {
  if (!failure.empty()) return failure;
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("error") && json["error"].is_string()) {
    return json["error"].get<std::string>();
  }
  const auto text = body.substr(0, body.find('\n'));
  return text.empty() ? fmt::format("HTTP {}", status) : text;
}

class http_client::impl : public std::enable_shared_from_this<http_client::impl> {
 public:
  impl(asio::io_context& io, url to) : io_(io), url_(std::move(to)), resolver_(io) {}

  void post(http_request request, std::function<void(const http_reply&)> done) {
    done_ = std::move(done);
    timeout_ = std::chrono::duration_cast<std::chrono::steady_clock::duration>(request.timeout);
    request_ = {};
    request_.version(11);
    request_.method(http::verb::post);
    request_.target(url_.path + request.target);
    request_.set(http::field::host, url_.host + ":" + url_.port);
    request_.set(http::field::user_agent, "kapacitor-udf-host");
    if (!url_.user.empty()) request_.set(http::field::authorization, basic_authorization(url_));
    request_.body() = std::move(request.body);
    request_.prepare_payload();
    reused_ = stream_.has_value();
    reused_ ? send() : resolve();
  }

  void cancel() {
    resolver_.cancel();
    if (stream_) stream_->cancel();
  }

 private:
  void resolve() {
    resolver_.async_resolve(url_.host, url_.port,
                            [self = shared_from_this()](error_code error, auto found) {
                              error ? self->fail(error) : self->connect(found);
                            });
  }
  void connect(const tcp::resolver::results_type& to) {
    stream_.emplace(io_);
    stream_->expires_after(timeout_);
    stream_->async_connect(to, [self = shared_from_this()](error_code error, const auto&) {
      if (error) return self->fail(error);
      error_code ignored;
      self->stream_->socket().set_option(tcp::no_delay(true), ignored);
      self->send();
    });
  }
  void send() {
    stream_->expires_after(timeout_);
    http::async_write(*stream_, request_, [self = shared_from_this()](error_code error, auto) {
      error ? self->retry_or_fail(error) : self->receive();
    });
  }
  void receive() {
    parser_.emplace();
    parser_->body_limit(std::uint64_t{64} << 20);
    buffer_.clear();
    http::async_read(*stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, auto) {
                       error ? self->retry_or_fail(error) : self->answer();
                     });
  }
  void answer() {
    auto& response = parser_->get();
    http_reply reply;
    reply.status = response.result_int();
    reply.body = std::move(response.body());
    if (!response.keep_alive()) stream_.reset();
    finish(reply);
  }
  // The server may have closed a connection that was idle: that says nothing about the server.
  void retry_or_fail(error_code error) {
    const bool stale = error != beast::error::timeout && error != asio::error::operation_aborted;
    stream_.reset();
    if (!std::exchange(reused_, false) || !stale) return fail(error);
    resolve();
  }
  void fail(error_code error) {
    stream_.reset();
    http_reply reply;
    reply.failure = error.message();
    finish(reply);
  }
  void finish(const http_reply& reply) {
    if (const auto done = std::exchange(done_, nullptr)) done(reply);
  }

  asio::io_context& io_;
  url url_;
  tcp::resolver resolver_;
  std::optional<beast::tcp_stream> stream_;
  std::chrono::steady_clock::duration timeout_{};
  http::request<http::string_body> request_;
  std::optional<http::response_parser<http::string_body>> parser_;
  beast::flat_buffer buffer_;
  bool reused_ = false;
  std::function<void(const http_reply&)> done_;
};

http_client::http_client(asio::io_context& io, url to)
    : impl_(std::make_shared<impl>(io, std::move(to))) {}
http_client::~http_client() = default;

void http_client::post(http_request request, std::function<void(const http_reply&)> done) {
  impl_->post(std::move(request), std::move(done));
}
void http_client::cancel() {
  impl_->cancel();
}

http_reply post_now(const url& to, http_request request) {
  asio::io_context io;
  http_reply reply;
  http_client client(io, to);
  client.post(std::move(request), [&reply](const http_reply& r) { reply = r; });
  io.run();
  return reply;
}

}  // namespace kapacitor::udf::host
