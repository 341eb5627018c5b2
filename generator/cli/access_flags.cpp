#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/influxdb/authorization.hpp"
#include "cli/flags.hpp"

namespace kapacitor::generator {
namespace {

constexpr const char* password_variable = "GENERATOR_PASSWORD";
constexpr const char* token_variable = "GENERATOR_TOKEN";

/// The secret in a file, without the newline that editors put at its end.
std::string read_secret(const std::string& path, const char* flag) {
  std::ifstream in(path);
  std::string secret{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw usage_error(std::string(flag) + ": cannot read " + path);
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) throw usage_error(std::string(flag) + ": " + path + " is empty");
  if (secret.find_first_of("\r\n") != secret.npos) {
    throw usage_error(std::string(flag) + ": " + path + " has more than one line");
  }
  return secret;
}

std::string secret_of(const std::string& file, const char* flag, const char* variable) {
  if (!file.empty()) return read_secret(file, flag);
  const char* value = std::getenv(variable);
  return value ? value : "";
}

void add_gzip(flags& f, settings& s) {
  f.option("--gzip", "off|1..9", "compress requests: 1 fast, 9 small (off)",
           [&s](const std::string& t) {
             if (t == "off") {
               s.gzip = 0;
             } else if (t.size() == 1 && t[0] >= '1' && t[0] <= '9') {
               s.gzip = t[0] - '0';
             } else {
               throw usage_error("'" + t + "' is none of off, 1 to 9");
             }
           });
}

}  // namespace

void add_access_flags(CLI::App& app, settings& s, flag_texts& t) {
  flags f(app, "Access");
  f.string("--user", "NAME", "its password: --password-file or the variable GENERATOR_PASSWORD",
           t.user);
  f.string("--password-file", "FILE", "one line", t.password_file);
  f.string("--token-file", "FILE", "one line; or the variable GENERATOR_TOKEN", t.token_file);
  f.string("--tls-ca", "FILE", "certificates to trust with https (the system's)", s.tls.ca);
  f.string("--tls-cert", "FILE", "our own certificate, with its chain", s.tls.cert);
  f.string("--tls-key", "FILE", "and its key", s.tls.key);
  f.flag("--insecure-skip-verify", "trust any certificate: whoever answers reads it all",
         [&s] { s.tls.skip_verify = true; });
  add_gzip(f, s);
}

void finish_access(settings& s, const flag_texts& t) {
  if (s.tls.cert.empty() != s.tls.key.empty()) {
    throw usage_error("--tls-cert and --tls-key need each other");
  }
  if (!t.user.empty() && !t.token_file.empty()) {
    throw usage_error("--user and --token-file exclude each other");
  }
  if (t.user.empty()) {
    if (!t.password_file.empty()) throw usage_error("--password-file needs --user");
    const auto token = secret_of(t.token_file, "--token-file", token_variable);
    if (!token.empty()) s.authorization = token_authorization(token);
    return;
  }
  const auto password = secret_of(t.password_file, "--password-file", password_variable);
  if (password.empty()) {
    throw usage_error("--user needs a password: --password-file or GENERATOR_PASSWORD");
  }
  s.authorization = basic_authorization(t.user, password);
}

}  // namespace kapacitor::generator
