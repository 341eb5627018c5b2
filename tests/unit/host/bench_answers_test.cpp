#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <udf.pb.h>

#include "bench/answers.hpp"
#include "drive/frames.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host::bench {
namespace {

::agent::Response point_at(std::int64_t time, std::size_t size = 1) {
  ::agent::Response r;
  r.mutable_point()->set_time(time);
  r.mutable_point()->set_name(std::string(size, 'n'));
  return r;
}
::agent::Response begin() {
  ::agent::Response r;
  r.mutable_begin()->set_size(2);
  return r;
}
::agent::Response end_at(std::int64_t time) {
  ::agent::Response r;
  r.mutable_end()->set_name("cpu");
  r.mutable_end()->set_tmax(time);
  return r;
}
::agent::Response keepalive() {
  ::agent::Response r;
  r.mutable_keepalive()->set_time(5);
  return r;
}

std::string frames_of(const std::vector<::agent::Response>& all) {
  std::string bytes;
  for (const auto& r : all) bytes += framed(r.SerializeAsString());
  return bytes;
}

struct seen {
  answer_counter::counts counts;
  std::vector<std::int64_t> times;
  std::optional<std::string> error;
};

seen count(const std::string& bytes, std::size_t chunk) {
  seen s;
  answer_counter counter;
  counter.on_time = [&](std::int64_t t) { s.times.push_back(t); };
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    const auto n = std::min(chunk, bytes.size() - at);
    std::memcpy(counter.prepare().data(), bytes.data() + at, n);
    counter.commit(n);
  }
  s.counts = counter.counted();
  s.error = counter.error();
  return s;
}

TEST(AnswerCounter, CountsTheSameHoweverTheBytesAreCut) {
  constexpr std::int64_t t = 1'600'000'000'000'000'000;
  const auto bytes =
      frames_of({point_at(t), keepalive(), point_at(t + 1, 300), begin(), point_at(t + 2),
                 point_at(t + 2, 20'000), end_at(t + 3), point_at(t + 4)});
  for (std::size_t chunk = 1; chunk < 400; ++chunk) {
    const auto s = count(bytes, chunk);
    ASSERT_EQ(s.counts.points, 5u) << chunk;
    ASSERT_EQ(s.counts.batches, 1u);
    ASSERT_EQ(s.counts.others, 1u);
    // A point of a batch is not answered by itself.
    ASSERT_EQ(s.times, (std::vector<std::int64_t>{t, t + 1, t + 3, t + 4})) << chunk;
  }
}

TEST(AnswerCounter, TellsAnError) {
  ::agent::Response r;
  r.mutable_error()->set_error("field x is missing");
  EXPECT_EQ(count(frames_of({point_at(1), r}), 7).error, "field x is missing");
  EXPECT_FALSE(count(frames_of({point_at(1)}), 7).error);
}

TEST(AnswerCounter, RefusesAnAbsurdLength) {
  EXPECT_THROW(count(std::string(10, '\xff'), 10), rule_violation);
}

}  // namespace
}  // namespace kapacitor::udf::host::bench
