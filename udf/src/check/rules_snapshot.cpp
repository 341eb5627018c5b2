#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/snapshot_run.hpp"
#include "check/verdict.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

void snapshot_answered(subject& s) {
  auto p = s.start_task();
  p.ask(management::snapshot, snapshot_request());
  expect_answer(p, response::kSnapshot, s);
}

void expect_snapshots(subject& s) {
  if (!s.answers_snapshots()) skip("needs an answer to a snapshot");
}

void snapshot_answered_once(subject& s) {
  expect_snapshots(s);
  auto p = s.start_task();
  p.say(joined(s.data().data(0, ordinary)));
  p.ask(management::snapshot, snapshot_request());
  expect_answer(p, response::kSnapshot, s);
  p.conclude(s.timeout());
  const auto n = p.heard().count(response::kSnapshot);
  if (n != 1) fail(fmt::format("one Snapshot is answered {} times", n));
}

void snapshot_amid_data(subject& s) {
  expect_snapshots(s);
  const auto& expected = s.reference().data();
  auto p = s.start_task();
  p.say(joined(s.data().data(0, ordinary / 2)));
  p.ask(management::snapshot, snapshot_request());
  p.say(joined(s.data().data(ordinary / 2, ordinary)));
  p.conclude(s.timeout());
  expect_accepted(p, s);
  expect_same(s, expected, p.heard().data(), "with a snapshot in the middle");
}

void snapshot_in_batch(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  expect_snapshots(s);
  auto p = s.start_task();
  const auto batch = s.data().data(0, 10);
  p.say(batch[0] + batch[1]);
  p.ask(management::snapshot, snapshot_request());
  expect_answer(p, response::kSnapshot, s);
  p.say(joined({batch.begin() + 2, batch.end()}));
  p.conclude(s.timeout());
  expect_accepted(p, s);
}

// If the function has a state at all: its responses to the second half depend on the first.
void snapshot_keeps_state(subject& s) {
  const auto& m = snapshot_run_of(s);
  if (!m.snapshot.empty()) return;
  if (!s.deterministic() || m.fresh == m.continued) skip("the function has no state");
  warn(
      "its snapshot is empty, but what it says depends on what was before: a restart of Kapacitor "
      "loses that");
}

}  // namespace

std::span<const rule> snapshot_rules() {
  static constexpr rule rules[] = {
      {"snapshot-answered", "A snapshot is answered, also before any data have come.",
       "after the first snapshot-interval the task ends, or its snapshots wait for ever",
       snapshot_answered},
      {"snapshot-answered-once", "A snapshot is answered once.",
       "Kapacitor takes the next answer for the one to its next request: an old state",
       snapshot_answered_once},
      {"snapshot-amid-data", "A snapshot amid data changes nothing about the responses.",
       "every snapshot-interval the results are other ones", snapshot_amid_data},
      {"snapshot-in-batch", "A snapshot inside a batch is answered.",
       "the snapshots of the whole task wait for it", snapshot_in_batch},
      {"snapshot-keeps-state", "A function with a state has it in its snapshot.", "",
       snapshot_keeps_state},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
