#include "check/snapshot_run.hpp"

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/verdict.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr auto half = ordinary / 2;

std::vector<std::string> behind(const std::vector<std::string>& all, std::size_t n) {
  return {all.begin() + static_cast<long>(std::min(n, all.size())), all.end()};
}

}  // namespace

std::vector<std::string> second_half(subject& s, peer& p) {
  p.say(joined(s.data().data(half, ordinary)));
  p.conclude(s.timeout());
  expect_accepted(p, s);
  return p.heard().data();
}

const snapshot_run& snapshot_run_of(subject& s) {
  if (s.snapshots) return *s.snapshots;
  if (!s.answers_snapshots()) skip("needs an answer to a snapshot");
  snapshot_run m;
  const auto first = s.converse(joined(s.data().data(0, half))).heard().data().size();
  auto p = s.start_task();
  p.say(joined(s.data().data(0, half)));
  p.ask(management::snapshot, snapshot_request());
  // Written together with the data that follows, which must not be in the snapshot.
  p.say(joined(s.data().data(half, ordinary)));
  p.conclude(s.timeout());
  const auto* answer = p.heard().first(response::kSnapshot);
  if (!answer) skip("needs an answer to a snapshot amid data");
  m.snapshot = answer->snapshot().snapshot();
  m.continued = behind(p.heard().data(), first);
  auto fresh = s.start_task();
  m.fresh = second_half(s, fresh);
  return s.snapshots.emplace(std::move(m));
}

peer restored(subject& s, const std::string& snapshot) {
  auto p = s.start_task();
  p.ask(management::restore, restore_request(snapshot));
  const auto& answer = expect_answer(p, response::kRestore, s).restore();
  if (!answer.success()) fail(fmt::format("it refuses its own snapshot: {}", answer.error()));
  return p;
}

}  // namespace kapacitor::udf::host::check
