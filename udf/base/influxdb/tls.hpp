#pragma once

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>

namespace kapacitor::inline base {

/// Whom to trust, and who we are.
struct tls_settings {
  std::string ca;    // file of certificates; empty: those of the system
  std::string cert;  // file of our own certificate and its chain; empty: none
  std::string key;   // file of its key
  bool skip_verify = false;
};

/// Errors: usage_error that names the flag whose file cannot be used
std::shared_ptr<boost::asio::ssl::context> make_tls(const tls_settings& s);

/// Before the handshake: asks for `host`, and has it checked that the certificate is that host's.
void expect_host(ssl_st* connection, const std::string& host, bool verify);

/// Why the handshake failed, if the certificate is why; else empty.
std::string certificate_problem(ssl_st* connection);

}  // namespace kapacitor::inline base
