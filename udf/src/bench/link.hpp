#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/usage.hpp"
#include "connect/process.hpp"
#include "drive/validation.hpp"
#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::host::bench {

/// What is measured.
struct target {
  enum class kind { socket, command, echo };
  kind how = kind::echo;
  std::string where;          // path or command
  std::string name;           // for people
  bool echo_by_pipe = false;  // else by a socket

  bool speaks() const { return how != kind::echo; }  // the protocol
};

/// How the task is set up.
struct task {
  std::vector<option> options;
  std::chrono::nanoseconds patience{};  // for each answer to a management request
};

/// One connection with a target: a socket, or the pipes of a process of its own. It uses
/// plain system calls, so that our side costs no more than the target's.
class link {
 public:
  /// Errors: start_error
  explicit link(const target& to);
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  int in() const { return in_; }
  int out() const { return out_; }
  const watched& peer() const { return peer_; }

  /// Asks and waits for the whole answer. Returns: the encoded Response
  /// Errors: rule_violation if none comes within `patience`
  std::string exchange(std::string_view request, std::chrono::nanoseconds patience);
  /// Writes all of it. Errors: rule_violation
  void send(std::string_view frames, std::chrono::nanoseconds patience);
  /// A whole message. Errors: rule_violation
  std::string receive(std::chrono::nanoseconds patience);

  /// Half-closes.
  void end_input();
  /// The CPU time of a process that has ended, seconds; empty while it runs or if there is none.
  std::optional<double> final_cpu(std::chrono::nanoseconds patience);

 private:
  void connect(const std::string& path);
  void start(const std::string& command);
  void start_echo(bool by_pipe);
  [[noreturn]] void lost(const std::string& how);

  std::unique_ptr<process> process_;
  pid_t echo_ = -1;
  int in_ = -1, out_ = -1, said_ = -1;  // said_: its stderr
  watched peer_;
  std::string received_;
};

/// Asks Info on a connection of its own. Errors: rule_violation
udf_info ask_info(const target& to, std::chrono::nanoseconds patience);
/// Opens a connection and initializes the task; nothing of that if the target is an echo.
/// Errors: start_error, rule_violation
std::unique_ptr<link> open_task(const target& to, const task& how);

}  // namespace kapacitor::udf::host::bench
