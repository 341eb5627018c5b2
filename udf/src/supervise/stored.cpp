#include "supervise/stored.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "supervise/conversation_record.hpp"
#include "supervise/fd_store.hpp"

namespace kapacitor::udf::supervise {
namespace {

bool is_socket(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

/// A socket and the file beside it.
struct pair {
  int socket = -1, file = -1;
};

void close_all(const pair& p) {
  if (p.socket >= 0) ::close(p.socket);
  if (p.file >= 0) ::close(p.file);
}

std::string path_of(int socket) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  const auto most = size - std::min<std::size_t>(size, offsetof(sockaddr_un, sun_path));
  return {address.sun_path, ::strnlen(address.sun_path, most)};
}

class collection {
 public:
  void add(std::string_view name, const pair& p) {
    const auto dot = name.find('.'), last = name.rfind('.');
    const auto kind = name.substr(0, dot);
    if (p.socket < 0 || p.file < 0 || dot == name.npos) return close_all(p);
    if (kind == "socket") return add_socket(std::string(name.substr(dot + 1)), p);
    add_connection(std::string(name.substr(dot + 1, last - dot - 1)),
                   std::strtoul(std::string(name.substr(last + 1)).c_str(), nullptr, 10), p);
  }
  std::vector<saved_post> all() {
    std::vector<saved_post> result;
    for (auto& [name, post] : posts_) result.push_back(std::move(post));
    return result;
  }

 private:
  saved_post& post(const std::string& function) {
    auto& p = posts_[function];
    p.name = function;
    return p;
  }
  void add_socket(const std::string& function, const pair& p) {
    auto& s = post(function);
    struct stat status {};
    s.path = path_of(p.socket);
    // Somebody may have removed the file, as systemd does with a RuntimeDirectory.
    if (::stat(s.path.c_str(), &status) != 0) {
      forget_stored(name_of_socket(function));
      return close_all(p);
    }
    s.socket.listening = p.socket;
    s.socket.lock = p.file;
    s.socket.device = status.st_dev;
    s.socket.inode = status.st_ino;
  }
  void add_connection(const std::string& function, std::uint64_t id, const pair& p) {
    auto& s = post(function);
    s.last_id = std::max(s.last_id, id);
    s.relays.push_back({.id = id, .kapacitor = p.socket, .record = p.file});
    if (s.info.empty()) s.info = conversation_record::note_in(p.file);
  }

  std::map<std::string, saved_post> posts_;
};

}  // namespace

void forget_socket(saved_post& post) {
  if (post.socket.lock < 0) return;
  close_all({post.socket.listening, post.socket.lock});
  post.socket = {};
  forget_stored(name_of_socket(post.name));
}

void forget(saved_post post) {
  forget_socket(post);
  for (const auto& r : post.relays) {
    ::shutdown(r.kapacitor, SHUT_RDWR);
    close_all({r.kapacitor, r.record});
    forget_stored(name_of_connection(post.name, r.id));
  }
}

std::vector<saved_post> stored_posts(const std::vector<server::activated_socket>& all) {
  std::map<std::string, pair> pairs;
  for (const auto& [name, fd] : all) {
    auto& p = pairs[name];
    auto& place = is_socket(fd) ? p.socket : p.file;
    if (place >= 0) ::close(place);
    place = fd;
  }
  collection found;
  for (const auto& [name, p] : pairs) found.add(name, p);
  return found.all();
}

}  // namespace kapacitor::udf::supervise
