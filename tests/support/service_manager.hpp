#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/eventually.hpp"

namespace test_support {

/// What systemd does for a service with a store of descriptors: keeps them by name, and starts the
/// service with them again.
class service_manager {
 public:
  /// `watchdog_us`: as WatchdogSec=; 0: none
  service_manager(std::string socket, std::vector<std::string> command, std::string err,
                  long watchdog_us = 0)
      : path_(std::move(socket)),
        command_(std::move(command)),
        err_(std::move(err)),
        watchdog_us_(watchdog_us) {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no socket " + path_);
    hearing_ = std::thread([this] { hear_all(); });
    start();
  }
  ~service_manager() {
    stop(SIGKILL);
    over_ = true;
    hearing_.join();
    for (const auto& [name, fd] : stored_) ::close(fd);
    ::close(socket_);
  }
  service_manager(const service_manager&) = delete;
  service_manager& operator=(const service_manager&) = delete;

  pid_t pid() const { return pid_; }
  std::size_t stored() const {
    const std::lock_guard lock(mutex_);
    return stored_.size();
  }
  /// The service that runs now has said so.
  bool ready() const { return ready_ > 0; }
  /// The newest value that the service has told, such as of "STATUS"; empty: none.
  std::string told(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = told_.find(name);
    return found == told_.end() ? std::string() : found->second;
  }
  /// How often it has told it.
  int times(const std::string& line) const {
    const std::lock_guard lock(mutex_);
    const auto found = times_.find(line);
    return found == times_.end() ? 0 : found->second;
  }
  /// Ends the service and waits for that. Returns: its raw status
  int stop(int signal) {
    int status = 0;
    if (pid_ < 0) return 0;
    ::kill(pid_, signal);
    ::waitpid(pid_.exchange(-1), &status, 0);
    return status;
  }
  void kill_and_start_again() {
    stop(SIGKILL);
    // What it has said is heard before it is missed.
    eventually([this] { return heard_nothing(); });
    start();
  }

 private:
  void start() {
    const std::lock_guard lock(mutex_);
    ready_ = 0;
    std::string names;
    for (const auto& [name, fd] : stored_) names += (names.empty() ? "" : ":") + name;
    pid_ = ::fork();
    if (pid_ == 0) run(names);
  }
  [[noreturn]] void run(const std::string& names) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(err, 2);
    constexpr int clear = 500, first = 3;
    for (std::size_t i = 0; i < stored_.size(); ++i)
      ::dup2(stored_[i].second, clear + static_cast<int>(i));
    for (std::size_t i = 0; i < stored_.size(); ++i)
      ::dup2(clear + static_cast<int>(i), first + static_cast<int>(i));
    const auto count = static_cast<int>(stored_.size());
    ::close_range(static_cast<unsigned>(first + count), ~0U, 0);
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", std::to_string(count).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
    if (watchdog_us_ != 0) {
      ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
      ::setenv("WATCHDOG_USEC", std::to_string(watchdog_us_).c_str(), 1);
    }
    std::vector<char*> argv;
    for (auto& word : command_) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }

  bool heard_nothing() const {
    pollfd one{socket_, POLLIN, 0};
    return ::poll(&one, 1, 0) == 0;
  }
  void hear_all() {
    while (!over_) {
      pollfd one{socket_, POLLIN, 0};
      if (::poll(&one, 1, 20) > 0) hear();
    }
  }
  void hear() {
    char text[4096], control[CMSG_SPACE(8 * sizeof(int))];
    iovec piece{text, sizeof text};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const std::lock_guard lock(mutex_);
    const auto n = ::recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
    if (n <= 0) return;
    const std::string said(text, static_cast<std::size_t>(n));
    note(said);
    const auto at = said.find("FDNAME=");
    if (at == std::string::npos) return;
    const auto name = said.substr(at + 7);
    if (said.starts_with("FDSTOREREMOVE=1")) return forget(name);
    const auto* header = CMSG_FIRSTHDR(&message);
    if (!header) return;
    std::vector<int> fds((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(fds.data(), CMSG_DATA(header), fds.size() * sizeof(int));
    bool known = false;
    for (const auto& [other, fd] : stored_) known = known || other == name;
    for (const int fd : fds) {
      // Those of a service that names them again are the same.
      known ? static_cast<void>(::close(fd)) : static_cast<void>(stored_.emplace_back(name, fd));
    }
  }
  void note(const std::string& said) {
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
      if (line == "READY=1") ++ready_;
      ++times_[line];
      const auto equals = line.find('=');
      if (equals != std::string::npos) told_[line.substr(0, equals)] = line.substr(equals + 1);
    }
  }
  void forget(const std::string& name) {
    std::erase_if(stored_, [&](const auto& one) {
      if (one.first == name) ::close(one.second);
      return one.first == name;
    });
  }

  const std::string path_;
  std::vector<std::string> command_;
  const std::string err_;
  const long watchdog_us_;
  int socket_ = -1;
  std::atomic<pid_t> pid_ = -1;
  std::atomic<int> ready_ = 0;
  std::atomic<bool> over_ = false;
  std::thread hearing_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, int>> stored_;
  std::map<std::string, std::string> told_;
  std::map<std::string, int> times_;  // by line
};

}  // namespace test_support
