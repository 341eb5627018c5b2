#include "base/influxdb/authorization.hpp"

#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/text/error.hpp"
#include "base/text/text_file.hpp"

namespace kapacitor {
namespace {

/// The secret in a file, without the newline that editors put at its end.
std::string read_secret(const std::string& path, const char* flag) {
  auto secret = with_context(flag, [&] { return read_text_file(path); });
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) throw usage_error(fmt::format("{}: {} is empty", flag, path));
  if (secret.find_first_of("\r\n") != secret.npos) {
    throw usage_error(fmt::format("{}: {} has more than one line", flag, path));
  }
  return secret;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// What systemd hands to the service under that name; empty: nothing.
std::string credential(const char* name) {
  const auto dir = variable("CREDENTIALS_DIRECTORY");
  if (dir.empty() || *name == '\0') return {};
  const auto path = dir + "/" + name;
  if (::access(path.c_str(), F_OK) != 0) return {};
  return read_secret(path, "LoadCredential=");
}

/// A secret that the command line does not name.
std::string kept_secret(const char* variable_name, const char* credential_name) {
  auto secret = variable(variable_name);
  return secret.empty() ? credential(credential_name) : secret;
}

std::string by_user(const std::string& user, const login& l, const login_names& n) {
  const auto password = l.password_file.empty()
                            ? kept_secret(n.password_variable, n.password_credential)
                            : read_secret(l.password_file, n.password_file);
  if (!password.empty()) return basic_authorization(user, password);
  throw usage_error(fmt::format("{} needs a password: {}, {} or LoadCredential={}:FILE",
                                l.user.empty() ? n.user_variable : n.user, n.password_file,
                                n.password_variable, n.password_credential));
}

}  // namespace

std::string basic_authorization(std::string_view user, std::string_view password) {
  const auto plain = std::string(user) + ":" + std::string(password);
  std::string encoded(4 * ((plain.size() + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                      reinterpret_cast<const unsigned char*>(plain.data()),
                                      static_cast<int>(plain.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return "Basic " + encoded;
}

std::string token_authorization(std::string_view token) {
  return "Token " + std::string(token);
}

std::string authorization_of(const login& l, const login_names& n) {
  if (!l.user.empty() && !l.token_file.empty()) {
    throw usage_error(fmt::format("{} and {} exclude each other", n.user, n.token_file));
  }
  if (!l.user.empty()) return by_user(l.user, l, n);
  if (!l.token_file.empty()) return token_authorization(read_secret(l.token_file, n.token_file));
  const auto user = variable(n.user_variable);
  if (!l.password_file.empty()) {
    if (user.empty()) throw usage_error(fmt::format("{} needs {}", n.password_file, n.user));
    return by_user(user, l, n);
  }
  const auto token = kept_secret(n.token_variable, n.token_credential);
  if (!token.empty()) return token_authorization(token);
  return user.empty() ? "" : by_user(user, l, n);
}

bool is_in_clear(const address& to, std::string_view authorization) {
  return !authorization.empty() && to.by != scheme::https && !to.is_local();
}

}  // namespace kapacitor
