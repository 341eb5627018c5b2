#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr std::size_t more_than_buffers_hold = 6000;  // points

// Writes without reading any answer, until the UDF takes no more, and a little longer.
peer stalled(subject& s) {
  using namespace std::chrono_literals;
  auto p = s.start_task();
  p.stop_reading();
  p.say(joined(s.data().data(0, more_than_buffers_hold)));
  p.ask_keepalive();
  for (auto left = p.unwritten(); !p.flush(100ms) && p.unwritten() < left; left = p.unwritten()) {
  }
  return p;
}

void unread_nothing_lost(subject& s) {
  const auto expected = expect_accepted(s, s.data().data(0, more_than_buffers_hold)).heard().data();
  auto p = stalled(s);
  p.read_again();
  p.conclude(s.timeout());
  expect_accepted(p, s);
  expect_same(s, expected, p.heard().data(), "after its responses were not read for a while");
}

void unread_keepalive(subject& s) {
  auto p = stalled(s);
  p.read_again();
  p.flush(s.timeout());
  expect_answer(p, response::kKeepalive, s);
  const auto before = p.heard().count(response::kKeepalive);
  p.ask_keepalive();
  if (p.wait([&] { return p.heard().count(response::kKeepalive) > before; }, s.timeout())) return;
  fail("then the answer to a keepalive is " + said_instead(p, s));
}

void unread_neighbour(subject& s) {
  if (s.is_process()) skip("each connection has a process of its own");
  auto stuck = stalled(s);
  auto p = s.connect();
  ask_init(p, s.options());
  expect_answer(p, response::kInit, s);
  p.ask_keepalive();
  expect_answer(p, response::kKeepalive, s);
  stuck.read_again();
  stuck.conclude(s.timeout());
}

}  // namespace

std::span<const rule> backpressure_rules() {
  static constexpr rule rules[] = {
      {"unread-nothing-lost", "Where its responses are not read for a while, nothing is lost.",
       "results are missing whenever the nodes below are slow", unread_nothing_lost},
      {"unread-keepalive", "After its responses were not read for a while, it answers keepalives.",
       "keepalive timedout, whenever the nodes below are slow", unread_keepalive},
      {"unread-neighbour", "While its responses are not read, other connections are served.",
       "one slow task stops all that use the server: keepalive timedout", unread_neighbour},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
