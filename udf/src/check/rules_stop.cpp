#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

void end_closes(subject& s) {
  auto p = s.start_task();
  expect_end(p, s);
}

// Half-closed right behind the data, against half-closed when all is answered.
void half_close_behind_data(subject& s) {
  const bool snapshots = s.answers_snapshots();
  auto p = s.start_task();
  p.say(joined(s.data().data(0, ordinary)));
  if (snapshots) p.ask(management::snapshot, snapshot_request());
  p.ask_keepalive();
  p.finish(s.timeout());
  expect_same(s, s.reference().data(), p.heard().data(), "half-closed right behind the data");
  if (snapshots && p.heard().count(response::kSnapshot) == 0) fail("the snapshot has no answer");
  if (p.heard().count(response::kKeepalive) == 0) fail("the last keepalive has no answer");
}

// Several tries: a race loses answers only sometimes.
void end_answers_all(subject& s) {
  s.reference();
  const int often = s.is_process() ? 5 : 30;  // a process takes longer to start
  for (int i = 0; i < often; ++i) half_close_behind_data(s);
}

void expect_end_after(subject& s, const std::string& bytes) {
  auto p = s.start_task();
  p.say(bytes);
  expect_end(p, s);
}

void end_in_message(subject& s) {
  const auto whole = joined(s.data().data(0, 3));
  for (int i = 0; i < 3; ++i) expect_end_after(s, whole.substr(0, whole.size() - 5));
}

void end_in_batch(subject& s) {
  if (s.data().wants() != edge::batch) skip("it takes no batches");
  const auto batch = s.data().data(0, 10);
  expect_end_after(s, batch[0] + batch[1] + batch[2]);
}

void end_process_exits(subject& s) {
  if (!s.is_process()) skip("a socket's server goes on");
  auto p = s.converse(joined(s.data().data(0, ordinary)));
  const auto how = p.wait_for_exit(s.timeout());
  if (!how)
    fail(fmt::format("its process still runs {} after the half-close", text_of(s.timeout())));
  if (!how->empty())
    warn(fmt::format("its process ends with {}, as if something were wrong", *how));
}

// As Kapacitor stops a task: answers on their way are not read any more.
void abort_survived(subject& s) {
  auto p = s.start_task();
  p.stop_reading();
  p.say(joined(s.data().data(0, 6000)));
  p.flush(std::chrono::milliseconds(200));
  p.hang_up();
  if (s.is_process()) {
    if (p.wait_for_exit(s.timeout())) return;
    fail(fmt::format("its process still runs {} after both pipes were closed",
                     text_of(s.timeout())));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto trouble = s.trouble_with_a_new_connection();
  if (!trouble.empty()) fail(trouble);
}

// Something that a function can only answer with an error.
void silent_after_error(subject& s) {
  auto p = s.start_task();
  p.say(framed("\x7f\x7f\x7f") + joined(s.data().data(0, ordinary)));
  p.conclude(s.timeout());
  const auto& all = p.heard().all();
  const auto error = std::find_if(all.begin(), all.end(), [](auto& r) { return r.has_error(); });
  if (error == all.end()) skip("it answers garbage with no error");
  const auto more = std::count_if(error + 1, all.end(), [](auto& r) { return !r.has_keepalive(); });
  if (more > 0) warn(fmt::format("{} responses follow the error: Kapacitor drops them", more));
}

}  // namespace

std::span<const rule> stop_rules() {
  static constexpr rule rules[] = {
      {"end-closes", "After the half-close it closes the connection.", "Kapacitor waits for ever",
       end_closes},
      {"end-answers-all", "All that came before the half-close is answered before it closes.",
       "the end of a replay is missing", end_answers_all},
      {"end-in-message", "A half-close in the middle of a message: it closes.",
       "when kapacitord is killed, the server goes along, or the connection stays behind",
       end_in_message},
      {"end-in-batch", "A half-close in the middle of a batch: it closes.",
       "when kapacitord is killed, the connection stays behind", end_in_batch},
      {"end-process-exits", "After the half-close its process ends, with status 0.",
       "Kapacitor waits for ever", end_process_exits},
      {"silent-after-error", "Nothing but signs of life follows an error.", "", silent_after_error},
      {"abort-survived", "A connection dropped with responses on their way harms nothing else.",
       "stopping one task stops those that use the same server; or processes stay behind",
       abort_survived},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
