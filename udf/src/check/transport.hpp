#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connect/process.hpp"

namespace kapacitor::udf::host::check {

/// The bytes between us and a UDF: a socket, or the pipes of a process of its own. Nothing blocks.
///
/// Lifetime: the process ends with this object, whatever it is doing.
class transport {
 public:
  static transport of_socket(int fd);
  /// Errors: start_error
  static transport of_process(const std::string& command);
  transport(transport&&) noexcept;
  transport& operator=(transport&&) = delete;
  ~transport();

  /// Descriptors for poll(); -1 if there is none any more.
  int to_udf() const { return to_; }
  int from_udf() const { return from_; }
  int from_stderr() const { return stderr_; }

  /// Each as the system call. Returns: -1 with errno, EAGAIN if it would block
  long write(std::string_view bytes) const;
  long read(char* to, std::size_t room) const;
  /// Takes the process's output on stderr. Returns: all that has come
  std::string take_stderr();
  /// How many written bytes the UDF has not read yet.
  std::size_t unread() const;

  void end_input();
  void close();

  bool has_process() const { return process_ != nullptr; }
  /// As process::ended().
  std::optional<std::string> ended() const;

 private:
  transport() = default;

  int to_ = -1, from_ = -1, stderr_ = -1;
  std::unique_ptr<process> process_;
};

/// How a UDF is reached.
struct address {
  std::string socket;
  std::string exec;

  /// Connects to the socket; if there is none, starts a process.
  ///
  /// If the UDF is too busy to accept, tries again for `patience`. Errors: start_error
  transport open(std::chrono::nanoseconds patience) const;
};

}  // namespace kapacitor::udf::host::check
