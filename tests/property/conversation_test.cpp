#include <map>

#include <gtest/gtest.h>

#include "property/sample.hpp"
#include "support/protobuf_oracle.hpp"
#include "support/requests.hpp"
#include "support/session_driver.hpp"

// Whatever Kapacitor may say in an order that it keeps to, each message gets its answer.
namespace kapacitor::udf {
namespace {

struct counting {
  void on_point(const udf::point& p, udf::emitter& out) { out.extend(p, {{"n", ++n}}); }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
};
struct counting_batches {
  void on_begin(const udf::batch& b, udf::emitter& out) { open.emplace(out.open_batch(b)); }
  void on_point(const udf::point& p, udf::emitter&) { open->extend(p, {{"n", ++n}}); }
  void on_end(const udf::batch_end& e, udf::emitter&) {
    open->close(e.tmax());
    open.reset();
  }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
  std::optional<udf::batch_writer> open;
};

class conversation {
 public:
  conversation(std::uint64_t seed, bool batches)
      : random_(seed),
        messages_(seed),
        batches_(batches),
        driver_(batches ? make_function<counting_batches>("f") : make_function<counting>("f")) {}

  void hold() {
    if (random_.one_in(2)) say(test::info_request());
    say(test::init_request({}));
    if (random_.one_in(3)) say(test::restore_request(snapshot_));
    for (auto n = random_.below(200); n > 0; --n) {
      keepalive_perhaps();
      if (random_.one_in(20)) {
        say(test::snapshot_request());
      } else if (batches_) {
        say_batch();
      } else {
        say_point();
      }
    }
    play();
  }

 private:
  void say(const ::agent::Request& request) {
    ++expected_[static_cast<int>(request.message_case())];
    bytes_ += test::framed(request);
  }
  void keepalive_perhaps() {
    if (random_.one_in(10)) say(test::keepalive_request(messages_.number()));
  }
  void say_point() {
    ::agent::Request r;
    *r.mutable_point() = messages_.point();
    say(r);
  }
  void say_batch() {
    ::agent::Request r;
    *r.mutable_begin() = messages_.begin();
    say(r);
    for (auto n = random_.below(6); n > 0; --n) {
      keepalive_perhaps();
      say_point();
    }
    *r.mutable_end() = messages_.end();
    say(r);
  }
  void play() {
    std::string_view left = bytes_;
    while (!left.empty()) {
      const auto n = std::min(left.size(), 1 + random_.below(random_.one_in(4) ? 5 : 5000));
      driver_.feed(left.substr(0, n));
      left.remove_prefix(n);
    }
    driver_.finish();
    ASSERT_TRUE(driver_.session().closing());
    ASSERT_FALSE(driver_.session().failed());
    std::map<int, int> got;
    for (const auto& answer : driver_.responses()) {
      ++got[static_cast<int>(answer.message_case())];
      if (answer.has_snapshot()) snapshot_ = answer.snapshot().snapshot();
    }
    ASSERT_EQ(got, expected_);
  }

  test::sample random_;
  test::random_messages messages_;
  bool batches_;
  test::session_driver driver_;
  std::string bytes_, snapshot_;
  std::map<int, int> expected_;
};

class EveryConversation : public testing::TestWithParam<bool> {};

TEST_P(EveryConversation, GetsItsAnswersAndEndsWell) {
  for (std::uint64_t seed = 1; seed <= 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    conversation(seed, GetParam()).hold();
  }
}

INSTANTIATE_TEST_SUITE_P(Property, EveryConversation, testing::Bool(),
                         [](const auto& suite) { return suite.param ? "OfBatches" : "OfPoints"; });

}  // namespace
}  // namespace kapacitor::udf
