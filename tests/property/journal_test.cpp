#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/captures.hpp"
#include "support/mortal_worker.hpp"
#include "support/ready_made.hpp"
#include "support/requests.hpp"
#include "support/streams.hpp"
#include "wire/output_buffer.hpp"

// Workers die at any byte, and Kapacitor hears what it would have heard of one that lives.
namespace kapacitor::udf {
namespace {

using test::disturbance;
using test::disturbed;

std::string stream_for(const test::setting& s, const function& f, std::size_t points) {
  std::string requests = test::frame_of(test::init_request(s.options));
  test::stream_source source({.groups = 5, .tags = 2, .fields = 2});
  wire::output_buffer out;
  if (f.wants == edge::stream) {
    for (std::size_t i = 0; i < points; ++i) source.append_point(out, i);
  } else {
    for (std::size_t i = 0; i < points / 20; ++i) source.append_batch(out, i, 20);
  }
  return requests.append(out.view());
}

disturbed play(const function& f, std::string_view requests, disturbance how) {
  return test::disturbed_run(f, std::move(how)).play(requests);
}

std::size_t count(std::string_view frames, wire::message_kind kind) {
  std::size_t n = 0;
  for (const auto m : test::messages(frames)) n += journal::kind_of(m) == kind;
  return n;
}

class Mortal : public testing::TestWithParam<test::setting> {};

TEST_P(Mortal, WorkersGiveTheAnswersOfOneThatLives) {
  const auto f = test::ready_made(GetParam().function);
  const auto requests = test::with_snapshots(stream_for(GetParam(), f, 2000), 0.01, 7);
  const auto expected = play(f, requests, {.seed = 1});
  ASSERT_EQ(expected.totals.deaths, 0u);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto got = play(f, requests, {.seed = seed, .death = 0.02});
    EXPECT_GT(got.totals.deaths, 1u);
    EXPECT_EQ(got.totals.answers_different, 0u);
    ASSERT_EQ(got.data.size(), expected.data.size());
    EXPECT_TRUE(got.data == expected.data);
    EXPECT_EQ(got.totals.poisoned, 0u);
    using wire::message_kind;
    for (const auto kind : {message_kind::init, message_kind::snapshot, message_kind::error})
      EXPECT_EQ(count(got.management, kind), count(expected.management, kind));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Mortal, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& info) { return info.param.name(); });

}  // namespace
}  // namespace kapacitor::udf
