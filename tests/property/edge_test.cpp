#include <algorithm>

#include <gtest/gtest.h>

#include "support/protobuf_oracle.hpp"
#include "support/requests.hpp"
#include "support/session_driver.hpp"

// All four pairs of edges: what Kapacitor gets back, computed from what it sent.
namespace kapacitor::udf {
namespace {

struct stream_to_stream {
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"y", 1}}); }
};
struct stream_to_batch {
  static constexpr auto provides = udf::edge::batch;
  void on_point(const udf::point& p, udf::emitter& out) {
    auto b = out.open_batch(p);
    b.emit(p, {{"y", 1}});
    b.close(p.time());
  }
};
struct batch_to_stream {
  static constexpr auto provides = udf::edge::stream;
  void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"y", 1}}); }
  void on_end(const udf::batch_end& e, udf::emitter& out) { out.emit(e, {{"z", 2}}); }
};
struct batch_to_batch {
  void on_begin(const udf::batch& b, udf::emitter& out) { open.emplace(out.open_batch(b)); }
  void on_point(const udf::point& p, udf::emitter&) { open->emit(p, {{"y", 1}}); }
  void on_end(const udf::batch_end& e, udf::emitter&) {
    open->close(e.tmax());
    open.reset();
  }
  std::optional<udf::batch_writer> open;
};

template <class T>
class Edge {
 public:
  Edge() {
    driver_.feed(test::init_request({}));
    driver_.responses();
  }
  std::vector<::agent::Response> answers(const std::vector<::agent::Request>& requests) {
    for (const auto& r : requests) driver_.feed(r);
    EXPECT_FALSE(driver_.session().failed());
    return driver_.responses();
  }

 private:
  test::session_driver driver_{make_function<T>("f")};
};

::agent::Request request_of(const ::agent::Point& p) {
  ::agent::Request r;
  *r.mutable_point() = p;
  return r;
}

/// The point with the one field y instead of its own.
::agent::Point with_y(::agent::Point p) {
  p.clear_fieldsdouble();
  p.clear_fieldsstring();
  p.clear_fieldsbool();
  p.clear_fieldsint();
  (*p.mutable_fieldsint())["y"] = 1;
  return p;
}

/// A batch as Kapacitor sends it: its points have time, group, tags and fields only.
struct sent_batch {
  explicit sent_batch(test::random_messages& random) : begin(random.begin()), end(random.end()) {
    *end.mutable_tags() = begin.tags();
    end.set_name(begin.name());
    end.set_group(begin.group());
    for (auto n = random.below(5); n > 0; --n) {
      auto& p = points.emplace_back(random.point());
      p.clear_name();
      p.clear_database();
      p.clear_retentionpolicy();
      p.clear_dimensions();
      p.clear_byname();
      p.set_group(begin.group());
      p.mutable_tags()->insert(begin.tags().begin(), begin.tags().end());
    }
  }
  std::vector<::agent::Request> requests() const {
    std::vector<::agent::Request> all(1);
    *all[0].mutable_begin() = begin;
    for (const auto& p : points) all.push_back(request_of(p));
    *all.emplace_back().mutable_end() = end;
    return all;
  }
  /// The header that a single point made of this batch needs.
  void fill_in(::agent::Point& p) const {
    p.set_name(begin.name());
    p.set_byname(begin.byname());
    std::vector<std::string> names;
    for (const auto& [name, value] : begin.tags()) names.push_back(name);
    std::sort(names.begin(), names.end());
    for (const auto& name : names) p.add_dimensions(name);
  }

  ::agent::BeginBatch begin;
  std::vector<::agent::Point> points;
  ::agent::EndBatch end;
};

constexpr int rounds = 5000;

TEST(Edges, FromStreamToStreamKeepTheHeader) {
  test::random_messages random(1);
  Edge<stream_to_stream> edge;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const auto sent = random.point();
    const auto got = edge.answers({request_of(sent)});
    ASSERT_EQ(got.size(), 1u);
    ASSERT_TRUE(test::same(got[0].point(), with_y(sent))) << sent.DebugString();
  }
}

TEST(Edges, FromStreamToBatchMakeTheGroupOfTheDimensions) {
  test::random_messages random(2);
  Edge<stream_to_batch> edge;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const auto sent = random.point();
    const auto got = edge.answers({request_of(sent)});
    ASSERT_EQ(got.size(), 3u);
    ::agent::BeginBatch begin;
    begin.set_name(sent.name());
    begin.set_group(sent.group());
    begin.set_byname(sent.byname());
    begin.set_size(1);
    for (const auto& d : sent.dimensions()) {
      const auto tag = sent.tags().find(d);
      (*begin.mutable_tags())[d] = tag == sent.tags().end() ? "" : tag->second;
    }
    ASSERT_TRUE(test::same(got[0].begin(), begin)) << got[0].DebugString();
    ASSERT_EQ(got[1].point().time(), sent.time());
    ASSERT_TRUE(test::same(got[1].point(), with_y(sent)));
    ::agent::EndBatch end;
    end.set_name(sent.name());
    end.set_group(sent.group());
    end.set_byname(sent.byname());
    end.set_tmax(sent.time());
    *end.mutable_tags() = begin.tags();
    ASSERT_TRUE(test::same(got[2].end(), end)) << got[2].DebugString();
  }
}

TEST(Edges, FromBatchToStreamFillInTheHeaderFromTheBatch) {
  test::random_messages random(3);
  Edge<batch_to_stream> edge;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const sent_batch sent(random);
    const auto got = edge.answers(sent.requests());
    ASSERT_EQ(got.size(), sent.points.size() + 1);
    for (std::size_t k = 0; k < sent.points.size(); ++k) {
      auto expected = with_y(sent.points[k]);
      sent.fill_in(expected);
      ASSERT_TRUE(test::same(got[k].point(), expected)) << got[k].DebugString();
    }
    ::agent::Point summary;
    sent.fill_in(summary);
    summary.set_time(sent.end.tmax());
    *summary.mutable_tags() = sent.end.tags();
    (*summary.mutable_fieldsint())["z"] = 2;
    ASSERT_TRUE(test::same(got.back().point(), summary)) << got.back().DebugString();
  }
}

TEST(Edges, FromBatchToBatchKeepTheBatchAndCountItsPoints) {
  test::random_messages random(4);
  Edge<batch_to_batch> edge;
  for (int i = 0; i < rounds && !HasFailure(); ++i) {
    const sent_batch sent(random);
    const auto got = edge.answers(sent.requests());
    ASSERT_EQ(got.size(), sent.points.size() + 2);
    auto begin = sent.begin;
    begin.set_size(static_cast<std::int64_t>(sent.points.size()));
    ASSERT_TRUE(test::same(got.front().begin(), begin)) << got.front().DebugString();
    for (std::size_t k = 0; k < sent.points.size(); ++k) {
      ASSERT_TRUE(test::same(got[k + 1].point(), with_y(sent.points[k])));
    }
    auto end = sent.end;
    end.set_byname(begin.byname());
    ASSERT_TRUE(test::same(got.back().end(), end)) << got.back().DebugString();
  }
}

}  // namespace
}  // namespace kapacitor::udf
