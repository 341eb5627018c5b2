#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

// A server that takes everything and keeps nothing: what a client can do when nobody slows it down.
//
//   null_sink [--port N] [--order [--state FILE] | --hash]
//
// Prints its port, answers 204 as soon as a request's body has arrived (200 to queries) and prints
// what it has seen as JSON when it gets SIGTERM. --order looks at the times in the lines of each
// series; FILE carries them over a restart. --hash prints the SHA-256 of all lines, sorted.
namespace kapacitor::generator::bench {
namespace {

using json = nlohmann::ordered_json;
using steady = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// What is done with the bodies of write requests.
class reader {
 public:
  reader() = default;
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;
  virtual ~reader() = default;
  virtual void read(std::string_view lines) = 0;
  virtual void report(json& to) = 0;
};

/// Counts the points of a series that are older than one before.
class order_reader final : public reader {
 public:
  explicit order_reader(std::string state) : state_(std::move(state)) {
    std::ifstream in(state_);
    in >> lines_ >> first_lines_ >> regressions_;
    std::int64_t time = 0;
    for (std::string key; in >> time && in.ignore() && std::getline(in, key);) last_[key] = time;
  }

  void read(std::string_view lines) override {
    while (!lines.empty()) take(next_line(lines));
    if (first_lines_ == 0) first_lines_ = lines_;
  }

  void report(json& to) override {
    to["lines"] = lines_;
    to["first_lines"] = first_lines_;
    to["series"] = last_.size();
    to["regressions"] = regressions_;
    if (state_.empty()) return;
    std::ofstream out(state_);
    out << lines_ << ' ' << first_lines_ << ' ' << regressions_ << '\n';
    for (const auto& [key, time] : last_) out << time << ' ' << key << '\n';
  }

 private:
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void take(std::string_view line) {
    auto end = line.find(' ');
    while (end != line.npos && end > 0 && line[end - 1] == '\\') end = line.find(' ', end + 1);
    if (end == line.npos) return;
    ++lines_;
    std::int64_t time = 0;
    std::from_chars(line.data() + line.rfind(' ') + 1, line.data() + line.size(), time);
    const auto key = line.substr(0, end);
    auto known = last_.find(key);
    if (known == last_.end()) known = last_.emplace(key, time).first;
    if (time < known->second) ++regressions_;
    known->second = time;
  }

  std::string state_;
  std::unordered_map<std::string, std::int64_t, hash, std::equal_to<>> last_;
  std::uint64_t lines_ = 0, first_lines_ = 0, regressions_ = 0;
};

class hash_reader final : public reader {
 public:
  void read(std::string_view lines) override { bodies_.emplace_back(lines); }

  void report(json& to) override {
    std::vector<std::string_view> lines;
    for (std::string_view body : bodies_) {
      while (!body.empty()) lines.push_back(next_line(body));
    }
    std::sort(lines.begin(), lines.end());
    to["lines"] = lines.size();
    to["sha256"] = digest(lines);
  }

 private:
  static std::string digest(const std::vector<std::string_view>& lines) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    for (const auto line : lines) {
      EVP_DigestUpdate(context.get(), line.data(), line.size());
      EVP_DigestUpdate(context.get(), "\n", 1);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), bytes.data(), &size);
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += digits[bytes[i] >> 4U];
      text += digits[bytes[i] & 15U];
    }
    return text;
  }

  std::vector<std::string> bodies_;
};

struct counts {
  std::uint64_t requests = 0, writes = 0, bytes = 0;
  steady::time_point begun{}, first{}, last{};  // of writes: first begun; first, last answered

  void report(json& to) const {
    const auto seconds = [](auto d) { return std::chrono::duration<double>(d).count(); };
    to["requests"] = requests;
    to["writes"] = writes;
    to["bytes"] = bytes;
    to["seconds"] = seconds(last - begun);
    to["span"] = seconds(last - first);
  }
};

/// One client, its requests one after the other.
class connection {
 public:
  connection(int fd, counts& c, reader* r) : fd_(fd), counts_(c), reader_(r) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { ::close(fd_); }

  /// Takes what has arrived. Returns: whether there may be more
  bool on_readable() { return left_ > 0 ? receive_body() : receive_head(); }

 private:
  static constexpr std::string_view blank = "\r\n\r\n";

  bool receive_head() {
    std::array<char, 4096> piece;
    const auto n = ::recv(fd_, piece.data(), piece.size(), 0);
    if (n <= 0) return n < 0 && errno == EAGAIN;
    head_.append(piece.data(), static_cast<std::size_t>(n));
    const auto end = head_.find(blank);
    if (end == head_.npos) return true;
    begin_request(std::string_view(head_).substr(0, end));
    const auto body = std::string_view(head_).substr(end + blank.size(), left_);
    if (keep_) std::copy(body.begin(), body.end(), body_.begin());
    left_ -= body.size();
    return left_ == 0 ? answer() : receive_body();
  }

  bool receive_body() {
    // What nobody looks at, the system throws away without copying it.
    const auto n = keep_ ? ::recv(fd_, &body_[body_.size() - left_], left_, 0)
                         : ::recv(fd_, &nothing_, left_, MSG_TRUNC);
    if (n <= 0) return n < 0 && errno == EAGAIN;
    left_ -= static_cast<std::size_t>(n);
    return left_ > 0 || answer();
  }

  void begin_request(std::string_view head) {
    const auto target = head.substr(0, head.find('\r'));
    write_ = target.find("/write") != target.npos;
    query_ = target.find("/query") != target.npos;
    size_ = left_ = content_length(head);
    keep_ = write_ && reader_;
    if (keep_) body_.resize(size_);
    if (write_ && counts_.begun == steady::time_point{}) counts_.begun = steady::now();
  }

  static std::size_t content_length(std::string_view head) {
    static constexpr std::string_view name = "\ncontent-length:";
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    const auto* at = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
    if (at == head.end()) return 0;
    at += name.size();
    while (at != head.end() && *at == ' ') ++at;
    std::size_t size = 0;
    std::from_chars(at, head.end(), size);
    return size;
  }

  bool answer() {
    static constexpr std::string_view no_content = "HTTP/1.1 204 No Content\r\n\r\n";
    static constexpr std::string_view empty_result =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n"
        "{\"results\":[{\"statement_id\":0}]}\n";
    ++counts_.requests;
    if (write_) {
      if (reader_) reader_->read(body_);
      counts_.bytes += size_;
      counts_.last = steady::now();
      if (++counts_.writes == 1) counts_.first = counts_.last;
    }
    head_.clear();
    const auto text = query_ ? empty_result : no_content;
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

  int fd_;
  counts& counts_;
  reader* reader_;  // null: bodies are not looked at
  std::string head_, body_;
  std::size_t size_ = 0, left_ = 0;  // of the body
  bool write_ = false, query_ = false, keep_ = false;
  char nothing_ = 0;
};

class sink {
 public:
  sink(std::uint16_t port, reader* r) : reader_(r) {
    listen(port);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    signals_ = ::signalfd(-1, &set, 0);
    watch(listener_);
    watch(signals_);
  }

  /// Until SIGTERM.
  void run() {
    std::array<epoll_event, 64> events;
    while (true) {
      const int n = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < n; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == signals_) return;
        if (fd == listener_) {
          accept();
        } else if (const auto c = clients_.find(fd); !c->second->on_readable()) {
          clients_.erase(c);
        }
      }
    }
  }

  void report() {
    json all;
    counts_.report(all);
    if (reader_) reader_->report(all);
    std::printf("%s\n", all.dump().c_str());
  }

 private:
  void listen(std::uint16_t port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, SOMAXCONN) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      fail("cannot listen");
    }
    std::printf("%u\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void accept() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    clients_.emplace(fd, std::make_unique<connection>(fd, counts_, reader_));
    watch(fd);
  }

  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }

  reader* reader_;
  int poll_ = ::epoll_create1(0);
  int listener_ = -1, signals_ = -1;
  counts counts_;
  std::unordered_map<int, std::unique_ptr<connection>> clients_;
};

int run(const std::vector<std::string>& arguments) {
  std::uint16_t port = 0;
  std::string mode, state;
  for (auto a = arguments.begin(); a != arguments.end(); ++a) {
    const bool last = a + 1 == arguments.end();
    if (*a == "--port" && !last) {
      port = static_cast<std::uint16_t>(std::stoi(*++a));
    } else if (*a == "--state" && !last) {
      state = *++a;
    } else if (*a == "--order" || *a == "--hash") {
      mode = *a;
    } else {
      std::fprintf(stderr, "null_sink [--port N] [--order [--state FILE] | --hash]\n");
      return 2;
    }
  }
  std::unique_ptr<reader> bodies;
  if (mode == "--order") bodies = std::make_unique<order_reader>(state);
  if (mode == "--hash") bodies = std::make_unique<hash_reader>();
  sink all(port, bodies.get());
  all.run();
  all.report();
  return 0;
}

}  // namespace
}  // namespace kapacitor::generator::bench

int main(int argc, char** argv) {
  try {
    return kapacitor::generator::bench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "null_sink: %s\n", error.what());
    return 1;
  }
}
