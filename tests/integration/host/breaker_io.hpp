#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <udf.pb.h>

#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"

// What rule_breaker reads and writes with: descriptors 0 and 1, of a socket too.
namespace breaker {

namespace wire = kapacitor::udf::wire;

/// What the processes of a server know of each other.
struct shared_state {
  std::atomic<int> open, silent, stuck;
};
inline shared_state& shared() {
  static void* const memory = ::mmap(nullptr, sizeof(shared_state), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *static_cast<shared_state*>(memory);
}

/// Takes the whole server down.
[[noreturn]] inline void fatal() {
  ::kill(::getppid(), SIGKILL);
  ::usleep(20'000);
  ::_exit(9);
}

[[noreturn]] inline void hang() {
  for (;;) ::pause();
}

/// Whether a write would wait.
inline bool is_stuck() {
  pollfd out{1, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 0;
}

/// Whether the peer has half-closed, with nothing left to read.
inline bool is_over() {
  pollfd in{0, POLLIN, 0};
  char one;
  return ::poll(&in, 1, 20) > 0 && ::recv(0, &one, 1, MSG_PEEK) == 0;
}

inline std::string framed(const ::agent::Response& r) {
  wire::output_buffer out;
  wire::append_frame(out, r.SerializeAsString(), wire::default_max_message);
  return std::string(out.view());
}

/// Serves each connection with a process of its own, on descriptors 0 and 1.
template <class Serve>
void listen(const std::string& path, Serve serve) {
  ::signal(SIGCHLD, SIG_IGN);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Whoever sees the file can connect: it gets its name when somebody listens.
  const auto before = path + ".new";
  before.copy(address.sun_path, sizeof address.sun_path - 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 100) != 0 || ::rename(before.c_str(), path.c_str()) != 0) {
    std::abort();
  }
  shared();
  for (int fd; (fd = ::accept(listener, nullptr, nullptr)) >= 0; ::close(fd)) {
    if (::fork() != 0) continue;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(fd, 0);
    ::dup2(fd, 1);
    ::close(fd);
    ::close(listener);
    std::exit(serve());
  }
}

}  // namespace breaker
