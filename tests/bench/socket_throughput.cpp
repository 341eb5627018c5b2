// How many points per second, and at what cost, go through a real UNIX socket: the server with
// moving_average, beside a plain byte echo of the same stream.
//
//     socket_throughput [--points N] [--rounds N] [--small-writes] [--echo-only|--udf-only]
//
// The peer writes as fast as it can: large pieces, or with --small-writes each message in two small
// writes, its length and its body, as Kapacitor does. The served process is measured, not the peer.
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <functions/moving_average.hpp>
#include <server/server.hpp>
#include <support/requests.hpp>
#include <support/streams.hpp>
#include <support/temp_dir.hpp>
#include <support/unix_client.hpp>

namespace {

using namespace kapacitor::udf;
using clock_type = std::chrono::steady_clock;

struct plan {
  std::size_t points = 4'000'000;
  int rounds = 3;
  bool small_writes = false, udf = true, echo = true;
};

struct measured {
  double seconds = 0;      // wall clock
  double cpu_seconds = 0;  // of the served process
  std::size_t answers = 0;
};

/// A process of its own that serves a socket.
class served_process {
 public:
  explicit served_process(const std::function<void()>& serve) {
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve();
    ::_exit(0);
  }
  ~served_process() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  double cpu_seconds() const {
    clockid_t clock{};
    timespec spent{};
    if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &spent) != 0) {
      throw std::runtime_error("no CPU clock of the served process");
    }
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
  }

 private:
  pid_t pid_ = -1;
};

void serve_function(const std::string& path) {
  server::server_settings settings;
  settings.threads = 1;
  server::server s(settings, {});
  s.serve(make_function<functions::moving_average>("moving_average"), path);
  s.start();
  for (;;) ::pause();
}

void serve_echo(const std::string& path) {
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(listening, 1);
  std::vector<char> buffer(std::size_t{256} << 10);
  for (;;) {
    const int fd = ::accept(listening, nullptr, nullptr);
    for (;;) {
      const auto n = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (n <= 0) break;
      for (ssize_t done = 0; done < n;) {
        const auto m =
            ::send(fd, buffer.data() + done, static_cast<std::size_t>(n - done), MSG_NOSIGNAL);
        if (m <= 0) break;
        done += m;
      }
    }
    ::close(fd);
  }
}

/// Counts the frames in bytes that come in pieces.
class frame_counter {
 public:
  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      if (body_left_ > 0) {
        const auto n = std::min(body_left_, bytes.size());
        body_left_ -= n;
        bytes.remove_prefix(n);
        if (body_left_ == 0) ++frames_;
        continue;
      }
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      length_ |= std::size_t{byte & 0x7fU} << shift_;
      shift_ += 7;
      if (byte & 0x80U) continue;
      body_left_ = length_;
      length_ = 0;
      shift_ = 0;
    }
  }
  std::size_t frames() const { return frames_; }

 private:
  std::size_t frames_ = 0, body_left_ = 0, length_ = 0;
  unsigned shift_ = 0;
};

void write_stream(test::unix_client& peer, const std::string& stream, const plan& p,
                  std::size_t per_stream) {
  for (std::size_t sent = 0; sent < p.points; sent += per_stream) {
    if (!p.small_writes) {
      constexpr std::size_t piece = std::size_t{64} << 10;
      for (std::size_t at = 0; at < stream.size(); at += piece) {
        peer.send(std::string_view(stream).substr(at, piece));
      }
      continue;
    }
    for (std::string_view rest = stream; !rest.empty();) {
      const auto size = wire::first_frame(rest, wire::default_max_message)->size;
      const auto prefix = size - wire::first_frame(rest, wire::default_max_message)->message.size();
      peer.send(rest.substr(0, prefix));
      peer.send(rest.substr(prefix, size - prefix));
      rest.remove_prefix(size);
    }
  }
  peer.half_close();
}

measured measure(const served_process& process, test::unix_client& peer, const plan& p) {
  constexpr std::size_t per_stream = 20'000;
  static const std::string stream = test::encoded_stream({}, per_stream);
  measured result;
  const auto cpu = process.cpu_seconds();
  const auto start = clock_type::now();
  std::thread writer([&] { write_stream(peer, stream, p, per_stream); });
  frame_counter counter;
  std::vector<char> buffer(std::size_t{1} << 20);
  for (ssize_t n = 0; (n = ::recv(peer.fd(), buffer.data(), buffer.size(), 0)) > 0;) {
    counter.take({buffer.data(), static_cast<std::size_t>(n)});
  }
  writer.join();
  result.seconds = std::chrono::duration<double>(clock_type::now() - start).count();
  result.cpu_seconds = process.cpu_seconds() - cpu;
  result.answers = counter.frames();
  return result;
}

measured through_function(const served_process& process, const std::string& path, const plan& p) {
  test::unix_client peer(path);
  peer.send(test::frame_of(test::init_request({{"field", {"value"}}, {"size", {10}}})));
  if (!peer.receive()) throw std::runtime_error("no answer to init");
  return measure(process, peer, p);
}

measured through_echo(const served_process& process, const std::string& path, const plan& p) {
  test::unix_client peer(path);
  return measure(process, peer, p);
}

double show(const char* name, const measured& m, const plan& p) {
  const auto rate = static_cast<double>(p.points) / m.seconds;
  std::printf("%-15s %10.0f points/s  %6.3f us CPU/point  %.2f s  %zu answers%s\n", name, rate,
              m.cpu_seconds / static_cast<double>(p.points) * 1e6, m.seconds, m.answers,
              m.answers == p.points ? "" : "  LOST SOME");
  std::fflush(stdout);
  return rate;
}

plan read_plan(int argc, char** argv) {
  plan p;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoul(argv[++i], nullptr, 10) : 0; };
    if (flag == "--points") {
      p.points = (number() + 19'999) / 20'000 * 20'000;
    } else if (flag == "--rounds") {
      p.rounds = static_cast<int>(number());
    } else if (flag == "--small-writes") {
      p.small_writes = true;
    } else if (flag == "--echo-only") {
      p.udf = false;
    } else if (flag == "--udf-only") {
      p.echo = false;
    } else {
      throw std::runtime_error("unknown flag " + flag);
    }
  }
  return p;
}

void run(const plan& p) {
  const test_support::temp_dir dir;
  const auto udf_path = dir / "udf.sock", echo_path = dir / "echo.sock";
  const served_process udf([&] { serve_function(udf_path); });
  const served_process echo([&] { serve_echo(echo_path); });
  for (int round = 0; round < p.rounds; ++round) {
    double udf_rate = 0, echo_rate = 0;
    if (p.udf) udf_rate = show("moving_average", through_function(udf, udf_path, p), p);
    if (p.echo) echo_rate = show("echo", through_echo(echo, echo_path, p), p);
    if (p.udf && p.echo) std::printf("%-15s %10.0f %%\n", "ratio", 100 * udf_rate / echo_rate);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(read_plan(argc, argv));
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "socket_throughput: " << problem.what() << std::endl;
    return 2;
  }
}
