#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

void keepalive_before_init(subject& s) {
  s.info();
  auto p = s.connect();
  p.ask_keepalive();
  expect_answer(p, response::kKeepalive, s);
}

void keepalive_idle(subject& s) {
  auto p = s.start_task();
  for (std::size_t n = 1; n <= 3; ++n) {
    const auto before = p.heard().count(response::kKeepalive);
    p.ask_keepalive();
    if (p.wait([&] { return p.heard().count(response::kKeepalive) > before; }, s.timeout()))
      continue;
    fail(fmt::format("the answer to keepalive {} is {}", n, said_instead(p, s)));
  }
}

void keepalive_time(subject& s) {
  constexpr std::int64_t time = 1'234'567'890'123'456'789;
  auto p = s.start_task();
  p.ask(management::keepalive, keepalive_request(time));
  expect_answer(p, response::kKeepalive, s);
  for (const auto& r : p.heard().all()) {
    if (r.has_keepalive() && r.keepalive().time() == time) return;
  }
  warn("the time is not the request's: Kapacitor does not mind, but nobody can measure by it");
}

void keepalive_in_batch(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  auto p = s.start_task();
  const auto batch = s.data().data(0, 10);
  p.say(batch[0] + batch[1]);
  p.ask_keepalive();
  expect_answer(p, response::kKeepalive, s);
  p.say(joined({batch.begin() + 2, batch.end()}));
  p.conclude(s.timeout());
  expect_accepted(p, s);
}

void keepalive_under_load(subject& s) {
  constexpr std::size_t points = 10'000, between = 12 * (batch_size + 2);  // between batches
  auto p = s.start_task();
  const auto requests = s.data().data(0, points);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i % between == 0) p.ask_keepalive();
    p.say(requests[i]);
  }
  p.take_longest_silence();
  p.conclude(2 * s.timeout());
  expect_accepted(p, s);
  const auto silence = p.take_longest_silence();
  const auto words = fmt::format("while data flow it says nothing for {}", text_of(silence));
  if (silence >= s.timeout()) fail(words);
  if (silence >= s.timeout() / 2) warn(words + ": a little slower, and Kapacitor stops the task");
}

}  // namespace

std::span<const rule> keepalive_rules() {
  static constexpr rule rules[] = {
      {"keepalive-before-init", "Keepalives are answered before Init.", "keepalive timedout",
       keepalive_before_init},
      {"keepalive-idle", "Keepalives are answered while no data come.", "keepalive timedout",
       keepalive_idle},
      {"keepalive-in-batch", "Keepalives inside a batch are answered before it is complete.",
       "keepalive timedout", keepalive_in_batch},
      {"keepalive-under-load", "While data flow, something is said within the timeout.",
       "keepalive timedout", keepalive_under_load},
      {"keepalive-time", "The answer to a keepalive has the request's time.", "", keepalive_time},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
