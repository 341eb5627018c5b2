#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/stream.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/point_decoder.hpp"
#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::host::bench {
namespace {

/// What is in some frames: points, and of batches their sizes and tmax.
struct contents {
  struct seen_point {
    std::int64_t time;
    std::string group, name;
    std::size_t tags, fields;
  };
  std::vector<seen_point> points;
  std::vector<std::int64_t> begins, tmaxs;
};

std::int64_t ns(timestamp t) {
  return t.time_since_epoch().count();
}

contents contents_of(std::string_view frames) {
  contents c;
  while (const auto frame = wire::first_frame(frames, wire::default_max_message)) {
    const auto e = wire::open_envelope(frame->message);
    frames.remove_prefix(frame->size);
    if (e.kind == wire::message_kind::point) {
      point p;
      wire::point_decoder::decode(e.body, p);
      c.points.push_back({ns(p.time()), std::string(p.group()), std::string(p.name()),
                          p.tags().size(), p.fields().size()});
    } else if (e.kind == wire::message_kind::begin) {
      batch b;
      wire::batch_decoder::decode(e.body, b);
      c.begins.push_back(b.size());
    } else {
      batch_end end;
      wire::batch_decoder::decode(e.body, end);
      c.tmaxs.push_back(ns(end.tmax()));
    }
  }
  EXPECT_TRUE(frames.empty());
  return c;
}

TEST(BenchStream, HasTheShapeThatIsAskedFor) {
  stream s({.groups = 10, .tags = 4, .fields = 3}, 25);
  EXPECT_EQ(s.messages(), 25u);
  const auto c = contents_of(s.stamped(0, 25).bytes);
  ASSERT_EQ(c.points.size(), 25u);
  EXPECT_EQ(c.points[3].group, "host=server0003");
  EXPECT_EQ(c.points[13].group, "host=server0003");
  EXPECT_EQ(c.points[3].tags, 4u);
  EXPECT_EQ(c.points[3].fields, 3u);
  EXPECT_EQ(c.points[3].name, "cpu");
}

TEST(BenchStream, GivesEachMessageItsOwnTimeAlsoWhenItBeginsAgain) {
  stream s({.groups = 10}, 20);
  std::int64_t last = 0;
  for (std::uint64_t sequence = 0; sequence < 50;) {
    const auto piece = s.stamped(sequence, 15);
    const auto c = contents_of(piece.bytes);
    ASSERT_EQ(c.points.size(), piece.messages);
    for (std::size_t i = 0; i < piece.messages; ++i) {
      EXPECT_GT(c.points[i].time, last);
      last = c.points[i].time;
      EXPECT_EQ(s.sequence_of(last), sequence + i);
    }
    sequence += piece.messages;
  }
}

TEST(BenchStream, EndsAPieceWhereItBeginsAgain) {
  stream s({.groups = 10}, 20);
  EXPECT_EQ(s.stamped(15, 100).messages, 5u);
  EXPECT_EQ(s.stamped(20, 100).messages, 20u);
}

TEST(BenchStream, SendsWholeBatches) {
  stream s({.groups = 3, .batch = 100}, 250);
  EXPECT_EQ(s.messages(), 3u);
  EXPECT_EQ(s.points(), 300u);
  const auto c = contents_of(s.stamped(7, 2).bytes);
  EXPECT_EQ(c.points.size(), 200u);
  EXPECT_EQ(c.begins, (std::vector<std::int64_t>{100, 100}));
  EXPECT_EQ(s.sequence_of(c.tmaxs.at(0)), 7u);
  EXPECT_EQ(s.sequence_of(c.tmaxs.at(1)), 8u);
}

TEST(BenchStream, VisitsEveryGroupOnceInEachRoundOfRandomOrder) {
  for (const std::size_t groups : {1u, 2u, 7u, 100u, 1000u}) {
    stream s({.groups = groups, .random_order = true}, 2 * groups);
    const auto c = contents_of(s.stamped(0, 2 * groups).bytes);
    std::set<std::string> first, second;
    std::vector<std::string> order[2];
    for (std::size_t i = 0; i < groups; ++i) {
      first.insert(c.points[i].group);
      second.insert(c.points[groups + i].group);
      order[0].push_back(c.points[i].group);
      order[1].push_back(c.points[groups + i].group);
    }
    EXPECT_EQ(first.size(), groups);
    EXPECT_EQ(second.size(), groups);
    if (groups >= 100) {
      EXPECT_NE(order[0], order[1]) << "the same order twice";
    }
  }
}

TEST(BenchStream, CountsTheBytesOfItsKeys) {
  EXPECT_EQ(stream({.groups = 100}, 100).key_bytes(), 100 * std::string("host=server0000").size());
}

}  // namespace
}  // namespace kapacitor::udf::host::bench
