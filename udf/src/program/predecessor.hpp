#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/activation.hpp"
#include "supervise/handover_file.hpp"

namespace kapacitor::udf::server {

/// The program in the place of which this one is started, or is asked whether it could be: see
/// supervise::handover.
struct predecessor {
  enum class wish {
    nothing,   // there is none
    answer,    // whether we could: what it serves is on stdin
    take_over  // all it had is in the file
  };
  wish wants = wish::nothing;
  int fd = -1;                         // of the file
  std::string program;                 // as which we are to be started again
  std::vector<std::string> arguments;  // the others, as a user gave them
  std::shared_ptr<supervise::handover_in> handed_over = nullptr;
  std::vector<activated_socket> activated = {};  // sockets that systemd has opened
  std::vector<activated_socket> stored = {};     // what it has kept of one that has died

  /// Sets the last three. Errors: state_error if we cannot read what is handed over
  void read();
  /// Whether what is handed over has that function.
  bool serves(const std::string& function) const;

 private:
  void read_environment();
};

inline constexpr char takes_over_flag[] = "--takes-over", take_over_flag[] = "--take-over";

/// From all arguments of main(); those that are for us alone are first.
predecessor find_predecessor(int argc, const char* const* argv);
/// What is left of them, for the parser of options. Lifetime: of both
std::vector<const char*> other_arguments(const char* program, const predecessor& p);

}  // namespace kapacitor::udf::server
