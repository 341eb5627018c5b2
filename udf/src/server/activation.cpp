#include "server/activation.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

namespace kapacitor::udf::server {
namespace {

constexpr int first_fd = 3;  // the contract of sd_listen_fds(3)

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// The file name of the socket's path; empty where it has none.
std::string file_name_of(int fd) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  if (address.sun_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path)) return {};
  // A path of the full length has no NUL at its end.
  const auto most = std::min<std::size_t>(size, sizeof address) - offsetof(sockaddr_un, sun_path);
  const std::string path(address.sun_path, ::strnlen(address.sun_path, most));
  return std::filesystem::path(path).filename().string();
}

std::string without_suffix(std::string name) {
  if (name.ends_with(".sock")) name.resize(name.size() - 5);
  if (name.ends_with(".socket")) name.resize(name.size() - 7);
  return name;
}

}  // namespace

std::vector<activated_socket> activated_sockets() {
  std::vector<activated_socket> sockets;
  if (environment("LISTEN_PID") != std::to_string(::getpid())) return sockets;
  const int count = std::atoi(environment("LISTEN_FDS").c_str());
  std::istringstream names(environment("LISTEN_FDNAMES"));
  for (int fd = first_fd; fd < first_fd + count; ++fd) {
    std::string name;
    std::getline(names, name, ':');
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    const auto path_name = file_name_of(fd);
    // A unit that names nothing passes on its own name, the same for all of its sockets.
    const bool named = !name.empty() && name != "unknown" && !name.ends_with(".socket");
    sockets.push_back({without_suffix(named ? name : path_name), fd});
  }
  return sockets;
}

}  // namespace kapacitor::udf::server
