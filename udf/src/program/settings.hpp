#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/log.hpp"
#include "server/server.hpp"

namespace kapacitor::udf::server {

/// What flags and the configuration file say.
struct settings {
  std::string socket_dir;              // empty: the default one
  std::vector<std::string> functions;  // empty: all
  std::string stdio;                   // the function to serve on stdin and stdout; empty: none
  std::string listen;                  // the socket of a program with one function; empty: none
  server_settings server;
  log_settings log;
};

/// A flag, and a key of the configuration file of the same name.
struct setting {
  enum class kind {
    text,
    list,   // of texts; as a flag, may be repeated
    count,  // a whole number
    size,   // a whole number of bytes, or a text such as 16MiB
    flag,   // on or off
  };

  std::string_view name;   // without the dashes
  std::string_view value;  // what stands for the value in the help
  kind type;
  std::string_view help;
  /// Errors: start_error "must be ..., got ..."; without the name
  void (*apply)(settings& s, const std::string& value);
};

/// For programs of every kind: how to serve, limits, log.
std::span<const setting> common_settings();
/// For kapacitor-udfd: which functions, and where.
std::span<const setting> udfd_settings();
/// For programs with one function.
std::span<const setting> single_settings();

}  // namespace kapacitor::udf::server
