#include "base/influxdb/http_client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "base/influxdb/tls.hpp"
#include "base/influxdb/wire.hpp"
#include "base/net/asio.hpp"
#include "base/text/units.hpp"

namespace kapacitor {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

http::verb verb_of(http_verb v) {
  if (v == http_verb::get) return http::verb::get;
  return v == http_verb::post ? http::verb::post : http::verb::patch;
}

using response = http::response<http::string_body>;

std::string header(const response& r, const char* name) {
  const auto text = r[name];
  return {text.data(), text.size()};
}

server_answer answer_of(const response& r) {
  server_answer a;
  a.status = static_cast<int>(r.result_int());
  a.message = r.body();
  if (a.status >= 300) {
    // InfluxDB cuts the header's text off after 1024 bytes.
    a.message = error_member(r.body());
    if (a.message.empty()) a.message = header(r, "X-Influxdb-Error");
    a.foreign = a.message.empty();
    if (a.message.empty()) a.message = error_text(r.body());
    if (a.message.empty()) a.message = std::string(r.reason());
  }
  const auto wait = header(r, "Retry-After");
  unsigned seconds = 0;
  if (std::from_chars(wait.data(), wait.data() + wait.size(), seconds).ec == std::errc{}) {
    a.retry_after = std::chrono::seconds(std::min(seconds, 3600U));
  }
  return a;
}

}  // namespace

struct http_client::connection : std::enable_shared_from_this<http_client::connection> {
  connection(asio::io_context& context, settings with)
      : io(context), s(std::move(with)), resolver(context) {}

  asio::io_context& io;
  settings s;
  tcp::resolver resolver;
  std::shared_ptr<wire> w;  // null: not connected
  handler done;
  unsigned number = 0;  // of the request under way
  bool writing = false, connected_now = false;
  std::uint64_t body_bytes = 0;
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
  void fill(const request& r);
  bool stale() const;
  void resolve();
  void connect(const tcp::resolver::results_type& found);
  void handshake();
  void write();
  void read();
  void finish();
  void fail(const error_code& error);
  bool is_untrusted() const;
  std::string reason(const error_code& error) const;
  void close();
  void deliver(server_answer a);
};

void http_client::connection::start(const request& r, handler when_done) {
  writing = false;
  if (w && stale()) close();
  connected_now = w == nullptr;
  if (connected_now) w = std::make_shared<wire>(io, s.tls ? &s.tls->context : nullptr);
  ++number;
  done = std::move(when_done);
  body_bytes = r.body.size();
  fill(r);
  return connected_now ? resolve() : write();
}

void http_client::connection::fill(const request& r) {
  auto& out = w->outgoing;
  out.emplace(verb_of(r.verb), s.to.prefix + r.path, 11);
  out->set(http::field::host, s.to.host + ":" + s.to.port);
  out->set(http::field::user_agent, s.user_agent);
  if (!s.authorization.empty()) out->set(http::field::authorization, s.authorization);
  if (r.gzipped) out->set(http::field::content_encoding, "gzip");
  if (r.verb != http_verb::get) {
    out->set(http::field::content_type,
             boost::string_view(r.content_type.data(), r.content_type.size()));
  }
  out->body() = {r.body.data(), r.body.size()};
  out->prepare_payload();
}

/// Whether the server has closed the connection while it was not used: then the request need not
/// fail first, and there is no doubt about what became of it.
bool http_client::connection::stale() const {
  char byte = 0;
  const auto handle = w->tcp().socket().native_handle();
  const auto n = ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // TLS has things to say beside answers, such as session tickets.
  if (n > 0 && w->secure) return false;
  return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void http_client::connection::resolve() {
  resolver.async_resolve(s.to.host, s.to.port,
                         guarded([this](const error_code& error, const auto& found) {
                           return error ? fail(error) : connect(found);
                         }));
}

void http_client::connection::connect(const tcp::resolver::results_type& found) {
  w->tcp().expires_after(s.timeout);
  w->tcp().async_connect(found, guarded([this](const error_code& error, const auto&...) {
                           if (error) return fail(error);
                           error_code ignored;
                           w->tcp().socket().set_option(tcp::no_delay(true), ignored);
                           return w->secure ? handshake() : write();
                         }));
}

void http_client::connection::handshake() {
  const bool verify =
      (SSL_CTX_get_verify_mode(s.tls->context.native_handle()) & SSL_VERIFY_PEER) != 0;
  expect_host(w->secure->native_handle(), s.to.host, verify);
  w->secure->async_handshake(
      asio::ssl::stream_base::client,
      guarded([this](const error_code& error) { return error ? fail(error) : write(); }));
}

void http_client::connection::write() {
  writing = true;
  w->tcp().expires_after(s.timeout);
  w->with_stream([this](auto& stream) {
    http::async_write(stream, *w->outgoing, guarded([this](const error_code& error, std::size_t) {
                        write_error = error;
                        // A server that finds the request too large answers before reading it all.
                        if (!error || error == asio::error::broken_pipe ||
                            error == asio::error::connection_reset) {
                          read();
                        } else {
                          fail(error);
                        }
                      }));
  });
}

void http_client::connection::read() {
  w->incoming.emplace();
  w->incoming->body_limit(std::uint64_t{16} << 20U);
  w->with_stream([this](auto& stream) {
    http::async_read(stream, w->buffer, *w->incoming,
                     guarded([this](const error_code& error, std::size_t) {
                       if (error) return fail(write_error ? write_error : error);
                       finish();
                     }));
  });
}

void http_client::connection::finish() {
  const auto response = w->incoming->release();
  w->tcp().expires_never();
  if (!response.keep_alive() || write_error) close();
  deliver(answer_of(response));
}

std::string http_client::connection::reason(const error_code& error) const {
  const auto certificate = w && w->secure ? certificate_problem(w->secure->native_handle()) : "";
  if (!certificate.empty()) return "its certificate is not trusted: " + certificate;
  if (error.category() == asio::error::get_ssl_category()) return "TLS: " + error.message();
  if (error == http::error::end_of_stream || error == asio::error::eof ||
      error == http::error::partial_message || error == asio::ssl::error::stream_truncated) {
    return "connection closed";
  }
  if (error == beast::error::timeout) return "no answer within " + short_duration(s.timeout);
  return error.message();
}

/// Whether trying again makes no sense: only what the verification of the certificate says. Any
/// other failure of TLS passes, such as the plain text of a proxy whose server is down.
bool http_client::connection::is_untrusted() const {
  return w && w->secure && !certificate_problem(w->secure->native_handle()).empty();
}

void http_client::connection::fail(const error_code& error) {
  server_answer a;
  a.in_doubt = writing;
  a.message = reason(error);
  a.untrusted = is_untrusted();
  close();
  deliver(std::move(a));
}

void http_client::connection::close() {
  ++number;
  resolver.cancel();
  if (w) w->tcp().close();
  w.reset();
}

void http_client::connection::deliver(server_answer a) {
  a.connected = connected_now && (a.status != 0 || writing);
  a.wire_bytes = writing ? body_bytes : 0;
  if (const auto call = std::exchange(done, nullptr)) call(std::move(a));
}

http_client::http_client(asio::io_context& io, settings s)
    : connection_(std::make_shared<connection>(io, std::move(s))) {}

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

const address& http_client::to() const {
  return connection_->s.to;
}

}  // namespace kapacitor
