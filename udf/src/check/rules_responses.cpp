#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"
#include "wire/message_numbers.hpp"
#include "wire/point_decoder.hpp"

namespace kapacitor::udf::host::check {
namespace {

// All kinds of requests that a function gets, to the end.
const rule_violation* violation(subject& s, std::shared_ptr<const transcript>& keep) {
  auto p = s.start_task();
  p.say(joined(s.data().data(0, ordinary)));
  p.ask_keepalive();
  if (s.answers_snapshots()) p.ask(management::snapshot, snapshot_request());
  p.say(joined(s.data().data(ordinary, 2 * ordinary)));
  p.conclude(s.timeout());
  keep = p.transcript_of_it();
  return keep->violation() ? &*keep->violation() : nullptr;
}

// The breach as response_reader names it, and with it what Kapacitor does.
void expect_none_of(subject& s, std::initializer_list<std::string_view> breaches) {
  std::shared_ptr<const transcript> keep;
  const auto* v = violation(s, keep);
  if (v && std::find(breaches.begin(), breaches.end(), v->rule()) != breaches.end()) {
    fail(v->what());
  }
}

bool reads_without_utf8(std::string_view message) {
  try {
    const auto e = wire::open_envelope(message);
    point p;
    if (e.kind == wire::message_kind::point) wire::point_decoder::decode(e.body, p);
    return e.kind == wire::message_kind::point;
  } catch (const std::exception&) {
    return false;
  }
}

void texts_are_utf8(subject& s) {
  std::shared_ptr<const transcript> keep;
  violation(s, keep);
  for (const auto& message : keep->unreadable()) {
    if (reads_without_utf8(message)) fail("a point has a name or a text that is no UTF-8");
  }
}

}  // namespace

std::span<const rule> response_rules() {
  static constexpr rule rules[] = {
      {"length-honest", "The length of a response is that of its message.",
       "the whole kapacitord goes down, or runs out of memory",
       [](subject& s) { expect_none_of(s, {"message-length"}); }},
      {"response-intact", "Each response is a whole Response message.", "read error: the task ends",
       [](subject& s) {
         expect_none_of(s, {"damaged-response", "end-in-message"});
       }},
      {"response-not-empty", "No response is empty.", "the whole kapacitord goes down",
       [](subject& s) { expect_none_of(s, {"empty-response"}); }},
      {"response-asked-for", "Info, Init, Snapshot and Restore are answered only where asked.",
       "Kapacitor takes it for the answer to its next request",
       [](subject& s) { expect_none_of(s, {"stray-response"}); }},
      {"texts-are-utf8", "Names and texts are UTF-8.",
       "newer versions of Kapacitor end the task with a read error; older ones pass it on",
       texts_are_utf8},
      {"batch-size-sane", "The size in BeginBatch is at least 0, and not absurd.",
       "the whole kapacitord goes down", [](subject& s) { expect_none_of(s, {"begin-size"}); }},
      {"batch-begins", "Each EndBatch has its BeginBatch.", "the whole kapacitord goes down",
       [](subject& s) { expect_none_of(s, {"end-without-begin"}); }},
      {"batch-ends", "Each BeginBatch has its EndBatch.", "its points are thrown away",
       [](subject& s) {
         expect_none_of(s, {"begin-in-batch", "end-in-batch"});
       }},
      {"data-as-declared", "It emits points or batches, as Info says.",
       "the nodes below do not know what to do with it",
       [](subject& s) {
         expect_none_of(s, {"point-on-batch-edge", "batch-on-stream-edge"});
       }},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
