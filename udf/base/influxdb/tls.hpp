#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>

namespace kapacitor {

/// Whom to trust, and who we are.
struct tls_settings {
  std::string ca;    // file of certificates; empty: those of the system
  std::string cert;  // file of our own certificate and its chain; empty: none
  std::string key;   // file of its key
  bool skip_verify = false;
};

/// Errors: usage_error if they do not fit together
void check_tls(const tls_settings& s);

/// TLS for all connections of a program.
struct tls_client {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
};

/// Errors: usage_error that names the flag whose file cannot be used
std::shared_ptr<tls_client> make_tls(const tls_settings& s);

/// Before the handshake: asks for `host`, and has it checked that the certificate is that host's.
void expect_host(ssl_st* connection, const std::string& host, bool verify);

/// Why the handshake failed, if the certificate is the reason; else empty.
std::string certificate_problem(ssl_st* connection);

}  // namespace kapacitor
