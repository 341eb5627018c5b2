#include "target/http_client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "run/units.hpp"

namespace kapacitor::generator {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

/// What the operations on one TCP connection work with; they keep it alive until they are done.
struct wire {
  explicit wire(asio::io_context& io) : stream(io) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  std::optional<http::request<http::span_body<const char>>> outgoing;
  std::optional<http::response_parser<http::string_body>> incoming;
};

struct http_client::connection : std::enable_shared_from_this<http_client::connection> {
  connection(asio::io_context& context, http_url u, std::chrono::nanoseconds t)
      : io(context), url(std::move(u)), timeout(t), resolver(context) {}

  asio::io_context& io;
  http_url url;
  std::chrono::nanoseconds timeout;
  tcp::resolver resolver;
  std::shared_ptr<wire> w;  // null: not connected
  handler done;
  unsigned number = 0;  // of the request under way
  bool writing = false;
  error_code write_error;

  /// Calls f(error, rest...) unless the request that it belongs to is over.
  template <class F>
  auto guarded(F f) {
    return [self = shared_from_this(), kept = w, mine = number, f = std::move(f)](error_code error,
                                                                                  auto&&... rest) {
      if (mine == self->number) f(error, std::forward<decltype(rest)>(rest)...);
    };
  }

  void start(const request& r, handler when_done);
  bool stale() const;
  void connect();
  void write();
  void read();
  void finish();
  void fail(const error_code& error);
  void close();
  void deliver(answer a);
};

void http_client::connection::start(const request& r, handler when_done) {
  writing = false;
  if (w && stale()) close();
  const bool connected = w != nullptr;
  if (!connected) w = std::make_shared<wire>(io);
  ++number;
  done = std::move(when_done);
  auto& out = w->outgoing;
  out.emplace(r.post ? http::verb::post : http::verb::get, url.prefix + r.path, 11);
  out->set(http::field::host, url.host + ":" + url.port);
  out->set(http::field::user_agent, "kapacitor-udf-generator");
  if (r.post) {
    out->set(http::field::content_type,
             boost::string_view(r.content_type.data(), r.content_type.size()));
  }
  out->body() = {r.body.data(), r.body.size()};
  out->prepare_payload();
  return connected ? write() : connect();
}

/// Whether the server has closed the connection while it was not used: then the request need not
/// fail first, and there is no doubt about what became of it.
bool http_client::connection::stale() const {
  char byte = 0;
  const auto handle = w->stream.socket().native_handle();
  return ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
         (errno != EAGAIN && errno != EWOULDBLOCK);
}

void http_client::connection::connect() {
  resolver.async_resolve(
      url.host, url.port,
      guarded([this](const error_code& error, const tcp::resolver::results_type& found) {
        if (error) return fail(error);
        w->stream.expires_after(timeout);
        w->stream.async_connect(found, guarded([this](const error_code& failed, const auto&...) {
                                  if (failed) return fail(failed);
                                  error_code ignored;
                                  w->stream.socket().set_option(tcp::no_delay(true), ignored);
                                  write();
                                }));
      }));
}

void http_client::connection::write() {
  writing = true;
  w->stream.expires_after(timeout);
  http::async_write(
      w->stream, *w->outgoing, guarded([this](const error_code& error, std::size_t) {
        write_error = error;
        // A server that finds the request too large answers before reading it all.
        if (!error || error == asio::error::broken_pipe || error == asio::error::connection_reset) {
          read();
        } else {
          fail(error);
        }
      }));
}

void http_client::connection::read() {
  w->incoming.emplace();
  w->incoming->body_limit(std::uint64_t{16} << 20U);
  http::async_read(w->stream, w->buffer, *w->incoming,
                   guarded([this](const error_code& error, std::size_t) {
                     if (error) return fail(write_error ? write_error : error);
                     finish();
                   }));
}

void http_client::connection::finish() {
  const auto response = w->incoming->release();
  answer a;
  a.status = static_cast<int>(response.result_int());
  a.message = response.body();
  const auto header = [&](const char* name) {
    const auto text = response[name];
    return std::string(text.data(), text.size());
  };
  if (a.status >= 300) {
    a.message = header("X-Influxdb-Error");
    if (a.message.empty()) a.message = error_text(response.body());
    if (a.message.empty()) a.message = std::string(response.reason());
  }
  const auto wait = header("Retry-After");
  unsigned seconds = 0;
  if (std::from_chars(wait.data(), wait.data() + wait.size(), seconds).ec == std::errc{}) {
    a.retry_after = std::chrono::seconds(std::min(seconds, 3600U));
  }
  w->stream.expires_never();
  if (!response.keep_alive() || write_error) close();
  deliver(std::move(a));
}

void http_client::connection::fail(const error_code& error) {
  answer a;
  a.in_doubt = writing;
  a.message = error.message();
  if (error == http::error::end_of_stream || error == asio::error::eof ||
      error == http::error::partial_message) {
    a.message = "connection closed";
  } else if (error == beast::error::timeout) {
    a.message = "no answer within " + short_duration(timeout);
  }
  close();
  deliver(std::move(a));
}

void http_client::connection::close() {
  ++number;
  resolver.cancel();
  if (w) w->stream.close();
  w.reset();
}

void http_client::connection::deliver(answer a) {
  if (const auto call = std::exchange(done, nullptr)) call(std::move(a));
}

http_client::http_client(asio::io_context& io, http_url url, std::chrono::nanoseconds timeout)
    : connection_(std::make_shared<connection>(io, std::move(url), timeout)) {}

http_client::~http_client() {
  close();
}

void http_client::start(const request& r, handler done) {
  connection_->start(r, std::move(done));
}

void http_client::close() {
  connection_->done = nullptr;
  connection_->close();
}

const http_url& http_client::url() const {
  return connection_->url;
}

}  // namespace kapacitor::generator
