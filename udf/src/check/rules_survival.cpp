#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

void expect_service(subject& s) {
  const auto trouble = s.trouble_with_a_new_connection();
  if (!trouble.empty()) fail(trouble);
}

[[noreturn]] void hangs(const subject& s) {
  const std::string seen = "it neither answers nor closes, not even after the half-close";
  if (s.is_process()) warn(seen + ": a process stays behind");
  fail(seen);
}

// Something that Kapacitor never sends. Whatever the UDF does then, this connection must end at
// last, and others must work.
void expect_survival(subject& s, peer p, const std::string& bytes) {
  p.say(bytes);
  p.ask_keepalive();
  const auto reacted = [&] { return p.ended() || p.heard().count(response::kKeepalive) > 0; };
  const bool reacts = p.wait(reacted, std::chrono::milliseconds(300));
  if (!(reacts ? p.conclude(s.timeout()) : p.finish(s.timeout()))) {
    hangs(s);
  }
  expect_service(s);
  if (!reacts && !p.heard().error())
    warn("it waits for more, without a word, as long as it is connected");
}

void survives(subject& s, const std::string& bytes) {
  expect_survival(s, s.start_task(), bytes);
}

void survives_before_init(subject& s, const std::string& bytes) {
  s.info();
  expect_survival(s, s.connect(), bytes);
}

void garbage(subject& s) {
  survives(s, framed("this is no message"));
  survives_before_init(s, framed("this is no message"));
}

void length_absurd(subject& s) {
  survives(s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  survives(s, std::string(11, '\xff'));
}

void request_unknown(subject& s) {
  survives(s, framed(std::string("\x9a\x06\x00", 3)));  // number 99, empty
}

void request_empty(subject& s) {
  survives(s, framed(""));
}

void data_before_init(subject& s) {
  survives_before_init(s, joined(s.data().data(0, 10)));
}

void data_of_the_other_edge(subject& s) {
  const sample other(s.data().wants() == edge::batch ? edge::stream : edge::batch, s.data().field(),
                     {});
  survives(s, joined(other.data(0, 10)));
}

void batch_end_alone(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  survives(s, s.data().data(0, 10).back());
}

void batch_in_batch(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  const auto batch = s.data().data(0, 10);
  survives(s, batch[0] + batch[1] + joined(batch));
}

void restore_before_init(subject& s) {
  survives_before_init(s, framed(restore_request("a snapshot")));
}

void snapshot_before_init(subject& s) {
  survives_before_init(s, framed(snapshot_request()));
}

void init_twice(subject& s) {
  survives(s, framed(init_request(s.options(), "check", "udf2")));
}

void connect_and_leave(subject& s) {
  s.info();
  for (int i = 0; i < 3; ++i) s.connect();
  auto p = s.connect();
  expect_end(p, s);
  expect_service(s);
}

void expect_one_server(const subject& s) {
  if (s.is_process()) skip("each connection has a process of its own");
}

void neighbour_undisturbed(subject& s) {
  expect_one_server(s);
  const auto& expected = s.reference().data();
  auto good = s.start_task();
  good.say(joined(s.data().data(0, ordinary / 2)));
  good.flush(s.timeout());
  auto bad = s.start_task();
  bad.say(framed("nor is this a message"));
  bad.flush(s.timeout());
  bad.listen(std::chrono::milliseconds(50));
  bad.hang_up();
  good.say(joined(s.data().data(ordinary / 2, ordinary)));
  good.conclude(s.timeout());
  expect_accepted(good, s);
  expect_same(s, expected, good.heard().data(), "beside a connection with garbage");
}

// Taking turns, so that one's state would be seen with the others.
void connections_independent(subject& s) {
  const auto& expected = s.reference().data();
  const std::size_t count = s.is_process() ? 4 : 20;
  std::vector<peer> peers;
  peers.reserve(count);
  while (peers.size() < count) peers.push_back(s.start_task());
  for (const auto& request : s.data().data(0, ordinary)) {
    for (auto& p : peers) p.say(request), p.flush(s.timeout());
  }
  for (auto& p : peers) {
    p.conclude(s.timeout());
    expect_accepted(p, s);
    expect_same(s, expected, p.heard().data(), "one of several connections at once");
  }
}

constexpr auto others = "one fault stops all tasks that use the server";
constexpr auto tasks = "tasks that use the function get in each other's way";

}  // namespace

std::span<const rule> survival_rules() {
  static constexpr rule rules[] = {
      {"garbage", "A message that is none is survived.", others, garbage},
      {"length-absurd", "A length beyond all bounds is survived.", others, length_absurd},
      {"request-unknown", "A request of an unknown kind is survived.", others, request_unknown},
      {"request-empty", "A request without a message is survived.", others, request_empty},
      {"data-before-init", "Data before Init are survived.", others, data_before_init},
      {"data-of-the-other-edge", "Batches where points are wanted, or the reverse, are survived.",
       others, data_of_the_other_edge},
      {"batch-end-alone", "An EndBatch without a beginning is survived.", others, batch_end_alone},
      {"batch-in-batch", "A batch inside a batch is survived.", others, batch_in_batch},
      {"restore-before-init", "A restore before Init is survived.", others, restore_before_init},
      {"snapshot-before-init", "A snapshot before Init is survived.", others, snapshot_before_init},
      {"init-twice", "A second Init is survived.", others, init_twice},
      {"connect-and-leave", "Connections on which nothing is said are survived.", others,
       connect_and_leave},
      {"neighbour-undisturbed", "Garbage on one connection does not disturb another.", others,
       neighbour_undisturbed},
      {"connections-independent", "Many connections at once are each like one alone.", tasks,
       connections_independent},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
