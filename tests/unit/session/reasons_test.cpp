#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "support/requests.hpp"
#include "support/session_driver.hpp"
#include <kapacitor/udf/engine.hpp>

// What is said of points without their full answer, by engine and session.
namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;

/// Answers only points with a number "x", and says of others what is wrong with them.
struct picky {
  void on_point(const udf::point& p, udf::emitter& out) {
    if (p.find("old")) return out.skip(reason::late, timestamp(10s));
    if (p.find("few")) return out.skip(reason::too_few);
    const auto* x = p.find("x");
    if (!x) return out.skip(reason::missing_field, "x");
    if (!x->number()) return out.skip(reason::wrong_type, "x");
    if (!p.find("y")) out.note(reason::missing_field, "y");
    out.forward(p);
  }
};

/// Takes all that is no number for missing.
struct plain {
  void on_point(const udf::point& p, udf::emitter& out) {
    const auto x = p.number("x");
    if (!x || *x != *x) out.skip(reason::missing_field, "x");
  }
};

struct cutting {
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
  void on_finish(udf::emitter& out) { out.note(reason::cut_window, "period"); }
};

struct silent {
  void on_point(const udf::point&, udf::emitter& out) { out.skip(); }
};

using warned = std::vector<std::pair<std::string, std::uint64_t>>;

struct listening final : result_sink {
  void on_point(const result&) override {}
  void on_warning(std::string_view text, std::uint64_t times) override {
    warnings.emplace_back(text, times);
  }
  std::size_t with(std::string_view part) const {
    return static_cast<std::size_t>(
        std::count_if(warnings.begin(), warnings.end(),
                      [&](const auto& w) { return w.first.find(part) != std::string::npos; }));
  }

  warned warnings;
};

template <class T>
class fed {
 public:
  void add(const std::vector<field>& fields, std::size_t times = 1) {
    for (; times > 0; --times) add_at(1s, fields);
  }
  void add_at(std::chrono::seconds time, const std::vector<field>& fields) {
    const tag tags[] = {{"host", "a"}};
    engine_.add({.name = "m", .tags = tags, .fields = fields, .time = timestamp(time)});
  }
  engine& running() { return engine_; }
  listening said;

 private:
  engine engine_{make_function<T>("f"), {}, said, {.group_by = {.tags = {"host"}}}};
};

void feed(agent::session& s, std::string_view bytes) {
  const auto room = s.prepare();
  std::copy(bytes.begin(), bytes.end(), room.begin());
  s.commit(bytes.size());
  s.process();
}

TEST(Reasons, AreCountedEachWithTheSumAsSkippedPoints) {
  fed<picky> f;
  f.add({{"z", 1}}, 3);
  f.add({{"x", "one"}}, 2);
  f.add({{"x", 1}});
  f.add({{"x", 1}, {"y", 1}});
  const auto t = f.running().totals();
  EXPECT_EQ(t.points_skipped, 5u);
  EXPECT_EQ(t.skipped.sum(), 5u);
  EXPECT_EQ(t.skipped[reason::missing_field], 3u);
  EXPECT_EQ(t.skipped[reason::wrong_type], 2u);
  EXPECT_EQ(t.incomplete.sum(), 1u);
  EXPECT_EQ(t.incomplete[reason::missing_field], 1u);
  EXPECT_EQ(t.points_out, 2u);
}

TEST(Reasons, AreToldAtTheFirstSecondFourthTimeWithWhatThePointHasInstead) {
  fed<picky> f;
  f.add({{"x", 1}, {"y", 1}});
  f.add({{"usage", 1}, {"idle", 2}}, 7);
  const std::string text =
      "point skipped: reason=missing_field what=\"x\" group=\"host=a\" time=1970-01-01T00:00:01Z "
      "has=\"usage, idle\"";
  EXPECT_EQ(f.said.warnings, (warned{{text, 1}, {text, 2}, {text, 4}}));
}

TEST(Reasons, ShowTheValueThatIsNoNumberAndBothTimesOfALatePoint) {
  fed<picky> f;
  f.add({{"x", "on\n"}});
  f.add({{"old", 1}});
  ASSERT_EQ(f.said.warnings.size(), 2u);
  EXPECT_EQ(f.said.warnings[0].first,
            "point skipped: reason=wrong_type what=\"x\" group=\"host=a\" "
            "time=1970-01-01T00:00:01Z value=\"on\\n\"");
  EXPECT_EQ(f.said.warnings[1].first,
            "point skipped: reason=late group=\"host=a\" time=1970-01-01T00:00:01Z "
            "against=1970-01-01T00:00:10Z");
}

TEST(Reasons, TellATextAndANaNFromAFieldThatIsMissing) {
  fed<plain> f;
  f.add({{"y", 1}});
  f.add({{"x", "text"}}, 2);
  f.add({{"x", std::nan("")}}, 3);
  const auto t = f.running().totals();
  EXPECT_EQ(t.skipped[reason::missing_field], 1u);
  EXPECT_EQ(t.skipped[reason::wrong_type], 2u);
  EXPECT_EQ(t.skipped[reason::not_finite], 3u);
}

TEST(Reasons, ThatAreUsualAreCountedOnly) {
  fed<picky> f;
  f.add({{"x", 1}, {"y", 1}});
  f.add({{"few", 1}}, 200);
  f.running().finish();
  EXPECT_EQ(f.running().totals().skipped[reason::too_few], 200u);
  EXPECT_EQ(f.said.with("too_few"), 0u);
}

TEST(Reasons, OfTheEndNameTheGroupButNoPoint) {
  fed<cutting> f;
  f.add({{"x", 1}});
  f.running().finish();
  ASSERT_EQ(f.said.warnings.size(), 1u);
  EXPECT_EQ(f.said.warnings[0].first,
            "answered in part: reason=cut_window what=\"period\" group=\"host=a\"");
}

TEST(Reasons, OfManyNamesAreToldOfAHundredAndCountedOfAll) {
  struct names {
    void on_point(const udf::point&, udf::emitter& out) {
      out.skip(reason::limit, std::to_string(n++));
    }
    int n = 0;
  };
  fed<names> f;
  f.add({{"x", 1}}, 1'100);
  EXPECT_EQ(f.running().totals().skipped[reason::limit], 1'100u);
  EXPECT_EQ(f.said.with("reason=limit what="), 100u);
  EXPECT_EQ(f.said.with("reason=limit group="), 10u);  // the other 1000: 1st, 2nd ... 512th
}

TEST(Reasons, ForNoAnswerAtAllAreToldAfterAMinuteIfPointsAreFew) {
  fed<picky> f;
  for (const auto at : {0s, 20s, 40s}) f.add_at(at, {{"usage", 1}});
  EXPECT_EQ(f.said.with("no answer"), 0u);
  f.add_at(60s, {{"usage", 1}});
  ASSERT_EQ(f.said.with("no answer"), 1u);
  EXPECT_EQ(f.said.warnings.back().first,
            "no answer to 4 points: field 'x' is in no point; they have usage");
  f.add_at(600s, {{"usage", 1}});
  EXPECT_EQ(f.said.with("no answer"), 1u);
  f.add({{"usage", 1}}, 95);
  EXPECT_EQ(f.said.with("no answer to 100"), 1u);
}

TEST(Reasons, OfWindowsThatFillAreNotToldAfterAMinute) {
  fed<picky> f;
  for (const auto at : {0s, 60s, 120s}) f.add_at(at, {{"few", 1}});
  EXPECT_EQ(f.said.with("no answer"), 0u);
  fed<picky> answered;
  answered.add_at(0s, {{"x", 1}, {"y", 1}});
  for (const auto at : {1s, 90s}) answered.add_at(at, {{"usage", 1}});
  EXPECT_EQ(answered.said.with("no answer"), 0u);
}

TEST(Reasons, ForNoAnswerAtAllAreToldAfterAHundredPointsAndWhenTheyHaveDoubled) {
  fed<picky> f;
  f.add({{"usage", 1}, {"idle", 2}}, 99);
  EXPECT_EQ(f.said.with("no answer"), 0u);
  f.add({{"usage", 1}, {"idle", 2}});
  ASSERT_EQ(f.said.with("no answer"), 1u);
  EXPECT_EQ(f.said.warnings.back().first,
            "no answer to 100 points: field 'x' is in no point; they have usage, idle");
  f.add({{"usage", 1}}, 300);
  EXPECT_EQ(f.said.with("no answer"), 3u);
  f.add({{"x", 1}, {"y", 1}});
  f.add({{"usage", 1}}, 5'000);
  EXPECT_EQ(f.said.with("no answer"), 3u);
}

TEST(Reasons, ForNoAnswerAtAllAreToldAtTheEndIfFewerPointsCame) {
  fed<picky> f;
  f.add({{"x", "on"}}, 2);
  f.add({{"usage", 1}});
  f.running().finish();
  EXPECT_EQ(f.said.warnings.back().first,
            "no answer to 3 points: 'x' is a string in 2 of them; field 'x' is missing in 1 of "
            "them; they have x, usage");
}

TEST(Reasons, OfASkipWithoutOneAreUnspecified) {
  fed<silent> f;
  f.add({{"usage", 1}});
  f.running().finish();
  EXPECT_EQ(f.running().totals().skipped[reason::unspecified], 1u);
  EXPECT_EQ(f.said.warnings.front().first,
            "point skipped: reason=unspecified group=\"host=a\" time=1970-01-01T00:00:01Z "
            "has=\"usage\"");
  EXPECT_EQ(f.said.warnings.back().first, "no answer to 1 point: 1 skipped; they have usage");
}

TEST(ForgottenGroups, StayCountedWhenAStateIsRestored) {
  struct counting {
    void on_point(const udf::point& p, udf::emitter& out) { out.emit(p, {{"n", ++n}}); }
    auto state() { return std::tie(n); }
    std::int64_t n = 0;
  };
  listening said;
  engine e(make_function<counting>("counting"), {}, said,
           {.group_by = {.tags = {"host"}}, .limits = {.max_groups = 2}});
  const auto add = [&](std::string_view host) {
    const tag tags[] = {{"host", host}};
    const field fields[] = {{"x", 1}};
    e.add({.tags = tags, .fields = fields});
  };
  for (const auto* host : {"a", "b", "c", "d", "e"}) add(host);
  EXPECT_EQ(e.totals().evicted_groups, 3u);
  e.load(e.save());
  EXPECT_EQ(e.totals().evicted_groups, 3u);
  add("f");
  EXPECT_EQ(e.totals().evicted_groups, 4u);
}

TEST(Reasons, AreInTheLogWhileASessionRunsAndWhenItCloses) {
  const auto f = make_function<picky>("picky");
  std::vector<std::pair<log_level, std::string>> log;
  const auto logged = [&](log_level level, std::string_view text) {
    return std::any_of(log.begin(), log.end(), [&](const auto& line) {
      return line.first == level && line.second.find(text) != std::string::npos;
    });
  };
  {
    agent::session s(f, {}, {log_level::trace, [&](log_level level, std::string_view line) {
                               log.emplace_back(level, line);
                             }});
    ::agent::Request point;
    point.mutable_point()->set_group("host=a");
    (*point.mutable_point()->mutable_fieldsdouble())["usage"] = 1;
    feed(s, test::framed(test::init_request({})) + test::framed(point));
    EXPECT_TRUE(logged(log_level::warn, "point skipped function=picky task="));
    EXPECT_TRUE(logged(log_level::warn, "reason=missing_field what=\"x\" group=\"host=a\""));
    EXPECT_TRUE(logged(log_level::warn, "has=\"usage\" count=1"));
  }
  EXPECT_TRUE(logged(log_level::warn, "field 'x' is in no point; they have usage"));
  EXPECT_TRUE(logged(log_level::info, "points_skipped=1 skipped_missing_field=1 batches_in"));
}

}  // namespace
}  // namespace kapacitor::udf
