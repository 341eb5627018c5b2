#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/refusal.hpp"
#include "check/rule_table.hpp"
#include "check/snapshot_run.hpp"
#include "check/verdict.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

// Kapacitor does not restore an empty snapshot.
const snapshot_run& with_snapshot(subject& s) {
  const auto& m = snapshot_run_of(s);
  if (m.snapshot.empty()) skip("its snapshot is empty, which Kapacitor does not restore");
  return m;
}

void restore_answered_once(subject& s) {
  auto p = restored(s, with_snapshot(s).snapshot);
  p.conclude(s.timeout());
  const auto n = p.heard().count(response::kRestore);
  if (n != 1) fail(fmt::format("one Restore is answered {} times", n));
}

void restore_continues(subject& s) {
  const auto& m = with_snapshot(s);
  auto p = restored(s, m.snapshot);
  expect_same(s, m.continued, second_half(s, p), "after the restore");
}

void restore_again(subject& s) {
  const auto& m = with_snapshot(s);
  auto p = restored(s, m.snapshot);
  p.ask(management::snapshot, snapshot_request());
  const auto again = expect_answer(p, response::kSnapshot, s).snapshot().snapshot();
  if (again.empty()) fail("right after a restore its snapshot is empty");
  auto q = restored(s, again);
  expect_same(s, m.continued, second_half(s, q), "after a second restore");
}

// Accepted or refused. Returns: whether it was refused, and how
std::optional<std::string> refusal_of(peer& p, subject& s, const std::string& snapshot) {
  p.ask(management::restore, restore_request(snapshot));
  const auto& answer = expect_answer(p, response::kRestore, s).restore();
  if (answer.success()) return std::nullopt;
  return answer.error();
}

std::vector<std::string> damaged(const std::string& snapshot) {
  std::string other;
  for (const char c : snapshot) other += static_cast<char>(c ^ 0x55);
  return {snapshot.substr(0, snapshot.size() / 2), snapshot + "more", other,
          "of quite another program", std::string(100'000, '\xff')};
}

void restore_damaged(subject& s) {
  std::optional<std::string> refused;
  for (const auto& snapshot : damaged(snapshot_run_of(s).snapshot)) {
    auto p = s.start_task();
    if (const auto why = refusal_of(p, s, snapshot)) refused = why;
  }
  if (!refused) return;
  warn(
      fmt::format("it refuses them ({}): the task fails at every start until somebody deletes the "
                  "snapshot",
                  *refused));
}

// A number of the options, changed as an author would.
std::optional<std::vector<option>> other_options(const subject& s) {
  for (const auto& o : s.options()) {
    if (o.values.size() != 1) continue;
    if (const auto* n = o.values[0].get_if<std::int64_t>()) {
      return with_option(s.options(), {o.name, {*n + 1}});
    }
    if (const auto* x = o.values[0].get_if<double>()) {
      return with_option(s.options(), {o.name, {*x * 1.5}});
    }
  }
  return std::nullopt;
}

void restore_with_other_options(subject& s) {
  const auto& m = with_snapshot(s);
  const auto options = other_options(s);
  if (!options) skip("needs an option with a number, see --opt");
  auto p = s.start_task(*options);
  if (const auto why = refusal_of(p, s, m.snapshot)) {
    warn(fmt::format(
        "it refuses it ({}): after a change of the script the task fails at every start "
        "until somebody deletes the snapshot",
        *why));
  }
  second_half(s, p);
}

void restore_empty(subject& s) {
  auto p = s.start_task();
  refusal_of(p, s, "");
}

void restore_refusal_closes(subject& s) {
  for (const auto& snapshot : damaged("a snapshot")) {
    auto p = s.start_task();
    if (!refusal_of(p, s, snapshot)) continue;
    if (p.wait_for_end(s.timeout())) return;
    warn(
        "it goes on after refusing, and Kapacitor never closes: each start of the task leaves a "
        "connection behind" +
        std::string(s.is_process() ? ", and a process" : ""));
  }
  skip("it refuses nothing");
}

}  // namespace

std::span<const rule> restore_rules() {
  static constexpr rule rules[] = {
      {"restore-answered-once", "Its own snapshot is restored, and that is answered once.",
       "the task fails at every start until somebody deletes the snapshot", restore_answered_once},
      {"restore-continues",
       "After a restore it goes on as if nothing had been: the snapshot holds all that came before "
       "the request, and no more.",
       "after a restart of Kapacitor the results are other ones", restore_continues},
      {"restore-again", "A snapshot taken right after a restore is as good as the first.",
       "the second restart loses the state", restore_again},
      {"restore-with-other-options",
       "A snapshot from before a change of the options does no harm: success, and the function "
       "works.",
       "the task fails at every start until somebody deletes the snapshot",
       restore_with_other_options},
      {"restore-damaged",
       "A snapshot that is damaged, or another program's, is answered, best with success.",
       "the task fails at every start, without a reason", restore_damaged},
      {"restore-empty", "An empty snapshot is answered, one way or the other.",
       "the task fails at every start, without a reason", restore_empty},
      {"restore-refusal-closes", "After refusing a restore it closes the connection.", "",
       restore_refusal_closes},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
