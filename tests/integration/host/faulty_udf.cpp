// faulty_udf FAULT: a UDF on stdin and stdout that does one thing wrong, so that the host's checks
// can be seen at work. Everything else it does right: it passes points on.

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <string>

#include <udf.pb.h>

#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"

namespace wire = kapacitor::udf::wire;

namespace {

std::string fault;
std::string input;

void say_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(1, bytes.data(), bytes.size());
    if (n <= 0) std::exit(0);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void say(const ::agent::Response& r) {
  wire::output_buffer out;
  wire::append_frame(out, r.SerializeAsString(), wire::default_max_message);
  say_bytes(out.view());
}

bool next(::agent::Request& r) {
  for (;;) {
    if (const auto frame = wire::first_frame(input, wire::default_max_message)) {
      const bool ok =
          r.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size()));
      input.erase(0, frame->size);
      return ok;
    }
    char chunk[65536];
    const auto n = ::read(0, chunk, sizeof chunk);
    if (n <= 0) return false;
    input.append(chunk, static_cast<std::size_t>(n));
  }
}

[[noreturn]] void hang() {
  for (;;) ::pause();
}

void begin(std::int64_t size) {
  ::agent::Response r;
  r.mutable_begin()->set_size(size);
  say(r);
}
void end() {
  ::agent::Response r;
  r.mutable_end();
  say(r);
}
void point() {
  ::agent::Response r;
  auto& p = *r.mutable_point();
  p.set_name("m");
  (*p.mutable_fieldsint())["x"] = 1;
  say(r);
}

void answer_info() {
  ::agent::Response r;
  const bool batch = fault.find("batch") != std::string::npos || fault.starts_with("begin");
  if (batch && fault != "batch-on-stream-edge") r.mutable_info()->set_provides(::agent::BATCH);
  if (fault == "info-not-answered") hang();
  say(r.has_info() ? r : (r.mutable_info(), r));
  if (fault == "info-not-closed") hang();
}

void answer_init() {
  ::agent::Response r;
  if (fault == "data-before-init") point();
  if (fault == "keepalive") hang();
  r.mutable_init()->set_success(fault != "init-refused");
  if (fault == "init-refused") r.mutable_init()->set_error("size must be at least 1, got 0");
  say(r);
}

// Says much without ever reading: whoever talks to it must go on listening.
void stop_reading() {
  for (int i = 0; i < 50000; ++i) point();
}

const std::map<std::string, std::function<void()>> faults = {
    {"empty-response", [] { say_bytes(std::string_view("\0", 1)); }},
    {"end-without-begin", [] { end(); }},
    {"begin-size", [] { begin(-5); }},
    {"begin-size-huge", [] { begin(std::int64_t{1} << 60); }},
    {"begin-in-batch", [] { begin(1), point(), begin(1); }},
    {"message-length", [] { say_bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"); }},
    {"damaged-response", [] { say_bytes("\x05\x0a\x7fxyz"); }},
    {"error-response",
     [] {
       ::agent::Response r;
       r.mutable_error()->set_error("field x is missing");
       say(r);
     }},
    {"stray-response",
     [] {
       ::agent::Response r;
       r.mutable_snapshot();
       say(r);
     }},
    {"point-on-batch-edge", [] { point(); }},
    {"batch-on-stream-edge", [] { begin(1); }},
    {"closed-early", [] { std::exit(0); }},
    {"end-in-batch", [] { begin(1), point(), std::exit(0); }},
    {"end-in-message", [] { say_bytes("\x7f\x01"), std::exit(0); }},
    {"exit-status-early", [] { std::exit(7); }},
    {"crash", [] { ::raise(SIGKILL); }},
    {"stop-reading", [] { stop_reading(); }},
    {"silent", [] { hang(); }},
};

void handle(const ::agent::Request& r) {
  ::agent::Response answer;
  if (r.has_info()) return answer_info();
  if (r.has_init()) return answer_init();
  if (r.has_point()) {
    if (const auto found = faults.find(fault); found != faults.end()) found->second();
    *answer.mutable_point() = r.point();
    say(answer);
  } else if (r.has_keepalive()) {
    answer.mutable_keepalive()->set_time(r.keepalive().time());
    say(answer);
  } else if (r.has_snapshot()) {
    answer.mutable_snapshot()->set_snapshot("what it remembers");
    say(answer);
  } else if (r.has_restore()) {
    answer.mutable_restore()->set_success(fault != "restore-refused");
    answer.mutable_restore()->set_error(fault == "restore-refused" ? "of another version" : "");
    say(answer);
  }
}

}  // namespace

int main(int argc, char** argv) {
  fault = argc > 1 ? argv[1] : "";
  ::agent::Request r;
  bool task = false;
  while (next(r)) {
    task = task || r.has_init();
    handle(r);
  }
  if (task && fault == "not-closed") hang();
  return task && fault == "exit-status" ? 3 : 0;
}
