#include "bench/link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "connect/unix_socket.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"
#include "drive/response_reader.hpp"
#include "drive/rule.hpp"
#include "wire/copy_received.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::host::bench {
namespace {

using clock = std::chrono::steady_clock;

void make_nonblocking(int fd) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/// The end of a UDF shows at the next write or read, whichever comes first.
std::string how_lost(int error) {
  return error == EPIPE || error == ECONNRESET ? "closed the connection" : std::strerror(error);
}

/// The floor: sends every byte back unchanged.
[[noreturn]] void echo(int in, int out) {
  static char buffer[std::size_t{256} << 10];
  for (;;) {
    const auto n = ::read(in, buffer, sizeof buffer);
    if (n <= 0) ::_exit(0);
    for (ssize_t done = 0; done < n;) {
      const auto m = ::write(out, buffer + done, static_cast<std::size_t>(n - done));
      if (m <= 0) ::_exit(0);
      done += m;
    }
  }
}

bool wait_for(int fd, short events, clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  pollfd one{fd, events, 0};
  return left > 0 && ::poll(&one, 1, static_cast<int>(left)) > 0;
}

/// Checks management responses as Kapacitor does.
class management_reader final : public response_handler {
 public:
  void take(management which, const std::string& message) {
    reader_.expect(which);
    const auto frame = framed(message);
    wire::copy_received(
        frame, [&] { return reader_.prepare(); }, [&](std::size_t n) { reader_.commit(n); });
    reader_.process();
  }

  std::optional<udf_info> info;
  bool initialized = false;

 private:
  void on_response() override {}
  void on_info(const udf_info& i) override { info = i; }
  void on_initialized() override { initialized = true; }
  void on_restored() override {}
  void on_snapshot(std::string_view) override {}
  void on_point(const emitted_point&) override {}
  void on_batch_end(const emitted_batch&) override {}
  bool ready() override { return true; }

  response_reader reader_{*this, std::size_t{1} << 30};
};

}  // namespace

link::link(const target& to) {
  switch (to.how) {
    case target::kind::socket:
      connect(to.where);
      break;
    case target::kind::command:
      start(to.where);
      break;
    case target::kind::echo:
      start_echo(to.echo_by_pipe);
      break;
  }
}

link::~link() {
  if (out_ >= 0 && out_ != in_) ::close(out_);
  if (in_ >= 0) ::close(in_);
  process_.reset();
  if (said_ >= 0) ::close(said_);
  if (echo_ > 0) {
    ::kill(echo_, SIGKILL);
    ::waitpid(echo_, nullptr, 0);
  }
}

void link::connect(const std::string& path) {
  in_ = out_ = connect_unix(path);
  if (in_ < 0) {
    throw start_error(
        fmt::format("cannot connect to the socket {}: {}", path, std::strerror(errno)));
  }
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(in_, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) peer_ = {who.pid, false};
}

void link::start(const std::string& command) {
  said_ = ::memfd_create("stderr", MFD_CLOEXEC);
  process_ = std::make_unique<process>(command, said_);
  in_ = process_->take_stdout();
  out_ = process_->take_stdin();
  make_nonblocking(in_);
  make_nonblocking(out_);
  peer_ = {process_->pid(), true};
}

void link::start_echo(bool by_pipe) {
  int to[2], from[2];
  const bool made = by_pipe ? ::pipe2(to, O_CLOEXEC) == 0 && ::pipe2(from, O_CLOEXEC) == 0
                            : ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) == 0;
  if (!made) throw start_error(fmt::format("no echo: {}", std::strerror(errno)));
  echo_ = ::fork();
  if (echo_ < 0) throw start_error(fmt::format("no echo: cannot fork: {}", std::strerror(errno)));
  if (echo_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(to[1]);
    if (by_pipe) ::close(from[0]);
    echo(to[0], by_pipe ? from[1] : to[0]);
  }
  ::close(to[0]);
  if (by_pipe) ::close(from[1]);
  out_ = to[1];
  in_ = by_pipe ? from[0] : to[1];
  make_nonblocking(in_);
  make_nonblocking(out_);
  peer_ = {echo_, false};
}

void link::send(std::string_view frames, std::chrono::nanoseconds patience) {
  const auto until = clock::now() + patience;
  while (!frames.empty()) {
    const auto n = ::write(out_, frames.data(), frames.size());
    if (n > 0) frames.remove_prefix(static_cast<std::size_t>(n));
    if (n >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) lost(how_lost(errno));
    if (!wait_for(out_, POLLOUT, until)) lost("does not read");
  }
}

std::string link::receive(std::chrono::nanoseconds patience) {
  const auto until = clock::now() + patience;
  std::vector<char> chunk(std::size_t{1} << 18);
  for (;;) {
    if (const auto frame = wire::first_frame(received_, ~std::size_t{0} >> 1)) {
      std::string message(frame->message);
      received_.erase(0, frame->size);
      return message;
    }
    const auto n = ::read(in_, chunk.data(), chunk.size());
    if (n > 0) received_.append(chunk.data(), static_cast<std::size_t>(n));
    if (n > 0 || (n < 0 && errno == EINTR)) continue;
    if (n == 0) lost("closed the connection");
    if (errno != EAGAIN) lost(how_lost(errno));
    if (!wait_for(in_, POLLIN, until)) lost("does not answer");
  }
}

std::string link::exchange(std::string_view request, std::chrono::nanoseconds patience) {
  send(framed(std::string(request)), patience);
  return receive(patience);
}

void link::end_input() {
  if (out_ == in_) {
    ::shutdown(out_, SHUT_WR);
  } else if (out_ >= 0) {
    ::close(std::exchange(out_, -1));
  }
}

std::optional<double> link::final_cpu(std::chrono::nanoseconds patience) {
  if (!process_) return std::nullopt;
  for (const auto until = clock::now() + patience; !process_->ended();) {
    if (clock::now() > until) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return process_->cpu();
}

/// Errors: rule_violation with the last line of the process's stderr
void link::lost(const std::string& how) {
  std::string said;
  if (const auto size = said_ >= 0 ? ::lseek(said_, 0, SEEK_END) : 0; size > 0) {
    constexpr off_t most = 1000;
    said.resize(static_cast<std::size_t>(std::min<off_t>(size, most)));
    const auto n = ::pread(said_, said.data(), said.size(), std::max<off_t>(0, size - most));
    said.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    while (said.ends_with('\n')) said.pop_back();
    said = fmt::format("; it said: {}", said.substr(said.rfind('\n') + 1));
  }
  throw rule_violation("connection", fmt::format("the UDF {}{}", how, said));
}

udf_info ask_info(const target& to, std::chrono::nanoseconds patience) {
  link l(to);
  management_reader reader;
  const auto answer = l.exchange(info_request(), patience);
  reader.take(management::info, answer);
  l.end_input();
  if (!reader.info) throw rule_violation("info-not-answered", "the UDF does not answer Info");
  return *reader.info;
}

std::unique_ptr<link> open_task(const target& to, const task& how) {
  auto l = std::make_unique<link>(to);
  if (!to.speaks()) return l;
  management_reader reader;
  reader.take(management::init,
              l->exchange(init_request(how.options, "bench", to.name + "2"), how.patience));
  if (!reader.initialized) {
    throw rule_violation("init-not-answered", "the UDF answers Init with something else");
  }
  return l;
}

}  // namespace kapacitor::udf::host::bench
