#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace kapacitor {

/// One connection, with TLS or without, and what the operations on it work with; they keep it
/// alive until they are done.
struct wire {
  using plain_stream = boost::beast::tcp_stream;
  using tls_stream = boost::beast::ssl_stream<plain_stream>;

  wire(boost::asio::io_context& io, boost::asio::ssl::context* tls) {
    if (tls) {
      secure.emplace(plain_stream(io), *tls);
    } else {
      plain.emplace(io);
    }
  }

  plain_stream& tcp() { return secure ? secure->next_layer() : *plain; }
  /// f(the stream that requests are written to).
  template <class F>
  void with_stream(F f) {
    secure ? f(*secure) : f(*plain);
  }

  std::optional<plain_stream> plain;
  std::optional<tls_stream> secure;
  boost::beast::flat_buffer buffer;
  std::optional<boost::beast::http::request<boost::beast::http::span_body<const char>>> outgoing;
  std::optional<boost::beast::http::response_parser<boost::beast::http::string_body>> incoming;
};

}  // namespace kapacitor
