#include <gtest/gtest.h>

#include "support/engine_input.hpp"
#include "support/ready_made.hpp"
#include "support/requests.hpp"
#include "support/session_driver.hpp"
#include "support/streams.hpp"

// An engine answers as a session does, whatever the function.
namespace kapacitor::udf::engine_test {
namespace {

class EngineAndSession : public testing::TestWithParam<test::setting> {
 protected:
  EngineAndSession() : session(make_session()) {}

  function made() const { return test::ready_made(GetParam().function); }
  std::unique_ptr<test::session_driver> make_session() const {
    auto s = std::make_unique<test::session_driver>(made());
    s->feed(test::frame_of(test::init_request(GetParam().options)));
    s->bytes().clear();
    return s;
  }
  engine make_engine(result_sink& to) const {
    return {made(), GetParam().options, to, test::grouped_by_host()};
  }
  std::string stream(std::size_t n) const {
    constexpr test::stream_shape shape{.groups = 3, .tags = 2, .fields = 2};
    return made().wants == edge::stream ? test::encoded_stream(shape, n)
                                        : test::encoded_batches(shape, n / 20, 20);
  }
  static std::string snapshot_of(test::session_driver& s) {
    s.bytes().clear();
    s.feed(test::frame_of(test::snapshot_request()));
    return s.responses().at(0).snapshot().snapshot();
  }

  std::unique_ptr<test::session_driver> session;
  test::describing_sink sink;
};

TEST_P(EngineAndSession, SayTheSame) {
  auto e = make_engine(sink);
  const auto bytes = stream(3'000);
  test::feed(e, bytes);
  session->feed(bytes);
  const timestamp later(std::chrono::hours(24 * 365 * 100));
  e.advance(later);
  session->advance(later);
  e.finish();
  session->finish();
  EXPECT_FALSE(session->session().failed());
  EXPECT_EQ(sink.said.lines(), test::described_answers(session->bytes()));
}

TEST_P(EngineAndSession, TakeEachOthersSnapshots) {
  auto e = make_engine(sink);
  const auto bytes = stream(500);
  test::feed(e, bytes);
  session->feed(bytes);
  const auto saved = e.save();
  EXPECT_EQ(saved, snapshot_of(*session));

  test::describing_sink other_sink;
  auto other_engine = make_engine(other_sink);
  EXPECT_EQ(other_engine.load(snapshot_of(*session)), "");
  const auto other_session = make_session();
  other_session->feed(test::frame_of(test::restore_request(saved)));
  EXPECT_EQ(snapshot_of(*other_session), saved);
  EXPECT_EQ(other_engine.save(), saved);
  other_session->bytes().clear();
  test::feed(other_engine, bytes);
  other_session->feed(bytes);
  EXPECT_EQ(other_sink.said.lines(), test::described_answers(other_session->bytes()));
}

INSTANTIATE_TEST_SUITE_P(Functions, EngineAndSession,
                         testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

}  // namespace
}  // namespace kapacitor::udf::engine_test
