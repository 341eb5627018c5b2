#pragma once

#include <string>
#include <string_view>

#include "base/influxdb/url.hpp"

namespace kapacitor {

// Values of the header Authorization.

std::string basic_authorization(std::string_view user, std::string_view password);
std::string token_authorization(std::string_view token);

/// Who we are to a server: what the command line says of it. Secrets are never said there, as
/// everybody on the machine can read it; they come from files, the environment, or the credentials
/// that systemd hands to a service (LoadCredential=).
struct login {
  std::string user, password_file, token_file;  // empty: not given
};

/// What the parts of a login are called.
struct login_names {
  const char* user = "--user";
  const char* password_file = "--password-file";
  const char* token_file = "--token-file";
  const char* user_variable = "INFLUX_USERNAME";
  const char* password_variable = "INFLUX_PASSWORD";
  const char* token_variable = "INFLUX_TOKEN";  // empty: there are no tokens
  // Files in $CREDENTIALS_DIRECTORY.
  const char* password_credential = "influx-password";
  const char* token_credential = "influx-token";
};

/// The header's value: by the command line, or, if that says nothing, by the environment, or by the
/// credentials; of the latter two a token comes before a user. Empty: there is none.
///
/// Errors: usage_error
std::string authorization_of(const login& l, const login_names& n = {});

/// Whether somebody between here and the server can read who we are.
bool is_in_clear(const address& to, std::string_view authorization);

}  // namespace kapacitor
