#include "check/expectations.hpp"

#include <fmt/format.h>

#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {

std::string text_of(std::chrono::nanoseconds duration) {
  const auto rounded = std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  return udf::to_string(std::chrono::nanoseconds(rounded));
}

std::string name_of(response::MessageCase kind) {
  switch (kind) {
    case response::kInfo:
      return "Info";
    case response::kInit:
      return "Init";
    case response::kKeepalive:
      return "Keepalive";
    case response::kSnapshot:
      return "Snapshot";
    case response::kRestore:
      return "Restore";
    default:
      return "a request";
  }
}

std::string keepalive() {
  return framed(keepalive_request(1));
}

std::string said_instead(peer& p, subject& s) {
  if (const auto* error = p.heard().error()) return fmt::format("an error: {}", *error);
  if (p.ended()) return "the end of the connection" + p.last_words();
  return "nothing within " + text_of(s.timeout());
}

const response& expect_answer(peer& p, response::MessageCase kind, subject& s) {
  const response* answer = nullptr;
  p.wait([&] { return (answer = p.heard().first(kind)) != nullptr; }, s.timeout());
  if (!answer) fail(fmt::format("the answer to {} is {}", name_of(kind), said_instead(p, s)));
  return *answer;
}

void expect_end(peer& p, subject& s) {
  if (p.finish(s.timeout())) return;
  fail(fmt::format("it has not closed the connection {} after the half-close",
                   text_of(s.timeout())));
}

void expect_accepted(peer& p, subject& s) {
  if (const auto* error = p.heard().error())
    fail(fmt::format("it answers with the error: {}", *error));
  if (!p.ended()) fail(fmt::format("it has hung for {}", text_of(s.timeout())));
  if (p.heard().count(response::kKeepalive) == 0) {
    fail("it closes the connection in the middle of it" + p.last_words());
  }
}

peer expect_accepted(subject& s, const frames& requests) {
  auto p = s.start_task();
  p.say(joined(requests));
  p.conclude(s.timeout());
  expect_accepted(p, s);
  return p;
}

void expect_same(subject& s, const std::vector<std::string>& expected,
                 const std::vector<std::string>& got, const std::string& how) {
  const auto other = s.difference(expected, got);
  if (!other.empty()) fail(fmt::format("{}: {}", how, other));
}

}  // namespace kapacitor::udf::host::check
