#include "base/influxdb/tls.hpp"

#include <utility>

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/net/asio.hpp"
#include "base/text/error.hpp"

namespace kapacitor {

namespace ssl = boost::asio::ssl;

namespace {

void check(const error_code& error, const char* flag, const std::string& file) {
  if (error) throw usage_error(std::string(flag) + ": cannot use " + file + ": " + error.message());
}

bool is_address(const std::string& host) {
  error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

void check_tls(const tls_settings& s) {
  if (s.cert.empty() == s.key.empty()) return;
  throw usage_error("--tls-cert and --tls-key need each other");
}

std::shared_ptr<tls_client> make_tls(const tls_settings& s) {
  auto client = std::make_shared<tls_client>();
  auto* made = &client->context;
  made->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                    ssl::context::no_tlsv1_1);
  made->set_verify_mode(s.skip_verify ? ssl::verify_none : ssl::verify_peer);
  error_code error;
  if (s.ca.empty()) {
    made->set_default_verify_paths(error);
    check(error, "--tls-ca", "the system's certificates");
  } else {
    made->load_verify_file(s.ca, error);
    check(error, "--tls-ca", s.ca);
  }
  if (s.cert.empty()) return client;
  made->use_certificate_chain_file(s.cert, error);
  check(error, "--tls-cert", s.cert);
  made->use_private_key_file(s.key, ssl::context::pem, error);
  check(error, "--tls-key", s.key);
  return client;
}

void expect_host(ssl_st* connection, const std::string& host, bool verify) {
  if (is_address(host)) {
    if (verify) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str());
    return;
  }
  // What SSL_set_tlsext_host_name() is, which casts in the old style.
  SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
  if (verify) SSL_set1_host(connection, host.c_str());
}

std::string certificate_problem(ssl_st* connection) {
  if ((SSL_get_verify_mode(connection) & SSL_VERIFY_PEER) == 0) return {};
  const auto result = SSL_get_verify_result(connection);
  return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

}  // namespace kapacitor
