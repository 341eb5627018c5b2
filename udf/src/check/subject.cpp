#include "check/subject.hpp"

#include <unistd.h>

#include <cerrno>
#include <thread>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "check/verdict.hpp"
#include "connect/unix_socket.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

using response = ::agent::Response;

constexpr auto time_to_start = std::chrono::seconds(10);

// The field to send: the value of the option `field`, as in most functions.
std::string field_of(const std::vector<option>& options) {
  for (const auto& o : options) {
    const auto* name = o.values.empty() ? nullptr : o.values.front().get_if<std::string>();
    if (o.name == "field" && name) return *name;
  }
  return "value";
}

std::string clipped(const std::string& text) {
  constexpr std::size_t enough = 160;
  return text.size() <= enough ? text : text.substr(0, enough) + "...";
}

}  // namespace

void ask_init(peer& p, const std::vector<option>& options) {
  p.ask(management::init, init_request(options, "check", "udf2"));
}

// The server's output is not needed, and must not fill a pipe that is not read.
void subject::start_server() {
  server_.reset();
  server_ =
      std::make_unique<process>("(" + settings_.where.exec + "\n) </dev/null >/dev/null 2>&1");
  const auto until = std::chrono::steady_clock::now() + time_to_start;
  while (gone() && std::chrono::steady_clock::now() < until && !server_->ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void subject::revive() {
  if (!is_process() && !settings_.where.exec.empty() && gone()) start_server();
}

transport subject::open() {
  revive();
  return settings_.where.open(timeout());
}

bool subject::gone() const {
  if (is_process()) return false;
  const int fd = connect_unix(settings_.where.socket);
  if (fd < 0) return errno != EAGAIN;
  ::close(fd);
  return false;
}

void subject::require_reachable() {
  auto p = peer(open(), edge::stream, timeout());
  p.ask(management::info, info_request());
  p.wait([&] { return p.heard().count(response::kInfo) > 0; }, timeout());
  // The exit codes of /bin/sh for a command that it does not find, or may not run.
  const auto how = p.ended() ? p.wait_for_exit(timeout()) : std::nullopt;
  if (how == "exit status 127" || how == "exit status 126") {
    throw start_error(
        fmt::format("--exec {}: cannot be run{}", settings_.where.exec, p.last_words()));
  }
}

peer subject::connect() {
  try {
    return peer(open(), answers_info() ? said_in_info_->info()->provides : edge::stream, timeout());
  } catch (const start_error& e) {
    fail(e.what());
  }
}

void subject::ask_info() {
  if (said_in_info_) return;
  auto p = connect();
  said_in_info_ = p.transcript_of_it();
  p.ask(management::info, info_request());
  p.wait([&] { return p.heard().count(response::kInfo) > 0; }, timeout());
}

const ::agent::InfoResponse& subject::raw_info() {
  ask_info();
  const auto* said = said_in_info_->first(response::kInfo);
  if (!said) skip("needs an answer to Info");
  return said->info();
}

const udf_info& subject::info() {
  raw_info();
  if (!said_in_info_->info()) skip("needs an answer to Info that makes sense");
  return *said_in_info_->info();
}

const sample& subject::data() {
  if (!data_) data_.emplace(info().wants, field_of(options()), settings_.fields);
  return *data_;
}

std::optional<peer> subject::try_init(const std::vector<option>& options) {
  auto p = connect();
  ask_init(p, options);
  const auto* answer = static_cast<const response*>(nullptr);
  p.wait([&] { return (answer = p.heard().first(response::kInit)) != nullptr; }, timeout());
  if (!answer || !answer->init().success()) return std::nullopt;
  return p;
}

peer subject::start_task(const std::vector<option>& options) {
  info();
  auto p = try_init(options);
  if (!p) skip("needs an Init that is accepted");
  return std::move(*p);
}

peer subject::start_task() {
  // A server may go down once; one that fails twice will fail again, and waiting takes time.
  if (failed_inits_ >= 2) skip("needs an Init that is accepted");
  ++failed_inits_;
  auto p = start_task(options());
  failed_inits_ = 0;
  return p;
}

peer subject::converse(const std::string& requests) {
  auto p = start_task();
  p.say(requests);
  p.conclude(timeout());
  return p;
}

const transcript& subject::reference() {
  if (reference_) return *reference_;
  const auto p = converse(joined(data().data(0, ordinary)));
  if (!p.ended() || p.heard().error()) skip("needs ordinary data to be taken");
  reference_ = p.transcript_of_it();
  return *reference_;
}

bool subject::answers_snapshots() {
  if (!answers_snapshots_) {
    auto p = start_task();
    p.ask(management::snapshot, snapshot_request());
    p.wait([&] { return p.heard().count(response::kSnapshot) > 0; }, timeout());
    answers_snapshots_ = p.heard().count(response::kSnapshot) > 0;
  }
  return *answers_snapshots_;
}

bool subject::deterministic() {
  if (!deterministic_) {
    const auto again = converse(joined(data().data(0, ordinary)));
    deterministic_ = again.heard().data() == reference().data();
  }
  return *deterministic_;
}

std::string subject::difference(const std::vector<std::string>& expected,
                                const std::vector<std::string>& got) {
  if (got.size() != expected.size()) {
    return fmt::format("{} responses with data instead of {}", got.size(), expected.size());
  }
  if (!deterministic()) return {};
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] == expected[i]) continue;
    return fmt::format("response {} is \"{}\" instead of \"{}\"", i + 1, clipped(got[i]),
                       clipped(expected[i]));
  }
  return {};
}

std::string subject::trouble_with_a_new_connection() {
  try {
    auto p = peer(settings_.where.open(timeout()), edge::stream, timeout());
    p.ask(management::info, info_request());
    p.wait([&] { return p.heard().count(response::kInfo) > 0; }, timeout());
    return p.heard().count(response::kInfo) > 0 ? "" : "a new connection is not answered";
  } catch (const start_error& e) {
    return e.what();
  }
}

}  // namespace kapacitor::udf::host::check
