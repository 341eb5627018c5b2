#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/frames.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

void message_large(subject& s) {
  const auto p = expect_accepted(s, s.data().data_with([](::agent::Point& one) {
    (*one.mutable_fieldsstring())["large"] = std::string(std::size_t{1} << 20, 'x');
  }));
}

std::string in_pieces(subject& s, std::size_t piece) {
  const auto data = joined(s.data().data(0, s.data().wants() == edge::batch ? 10 : 6));
  auto p = s.connect();
  const auto init = framed(init_request(s.options(), "check", "udf2"));
  p.expect(management::init);
  p.say_in_pieces(init, piece);
  expect_answer(p, response::kInit, s);
  p.expect(management::keepalive);
  p.say_in_pieces(data + keepalive(), piece);
  p.conclude(s.timeout());
  expect_accepted(p, s);
  auto whole = s.converse(data);
  return s.difference(whole.heard().data(), p.heard().data());
}

void split_anywhere(subject& s) {
  s.reference();
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 50u}) {
    const auto other = in_pieces(s, piece);
    if (!other.empty()) fail(fmt::format("in pieces of {} bytes: {}", piece, other));
  }
}

void many_at_once(subject& s) {
  constexpr std::size_t some = 300;
  const auto requests = s.data().data(0, some);
  auto one_by_one = s.start_task();
  for (const auto& r : requests) {
    one_by_one.say(r);
    one_by_one.flush(s.timeout());
  }
  one_by_one.conclude(s.timeout());
  expect_accepted(one_by_one, s);
  const auto at_once = expect_accepted(s, requests);
  expect_same(s, one_by_one.heard().data(), at_once.heard().data(), "all in one write");
}

// Nothing follows the data that would make it write its pending responses.
void answers_promptly(subject& s) {
  const auto expected = s.reference().data().size();
  auto p = s.start_task();
  p.say(joined(s.data().data(0, ordinary)));
  const auto patience =
      std::max(s.timeout() / 4, subject::duration(std::chrono::milliseconds(500)));
  p.wait([&] { return p.heard().data().size() >= expected; }, patience);
  const auto got = p.heard().data().size();
  if (got >= expected) return;
  warn(fmt::format(
      "of {} responses {} have come {} later: the others wait for the next request, up to "
      "half of the timeout",
      expected, got, text_of(patience)));
}

}  // namespace

std::span<const rule> delivery_rules() {
  static constexpr rule rules[] = {
      {"split-anywhere", "Requests may come in pieces, cut at every byte: nothing changes.",
       "now and then a task ends or its results are wrong: Kapacitor writes each in two pieces",
       split_anywhere},
      {"many-at-once", "Many requests in one piece are answered as each by itself.",
       "responses are lost when much comes", many_at_once},
      {"message-large", "A message of a megabyte is taken.",
       "the task ends, and nothing restarts it", message_large},
      {"answers-promptly", "What it has to say to data does not wait for the next request.", "",
       answers_promptly},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
