#include <map>

#include <gtest/gtest.h>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/engine.hpp>
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf {

/// A type that is made with a size and cannot be made by a snapshot.
struct fixed_counts {
  explicit fixed_counts(std::size_t n) : counts(n) {}
  std::vector<std::int64_t> counts;
};
template <>
struct state_codec<fixed_counts> {
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, fixed_counts& x) { out.write(x.counts); }
  static void load(state_reader& in, fixed_counts& x) {
    const auto read = in.read<std::vector<std::int64_t>>();
    if (read.size() != x.counts.size()) throw state_error("another number of counts");
    x.counts = read;
  }
};

namespace {

/// Sums a field per group: what it says depends on all it has heard.
struct summing {
  struct options {
    std::string field = "x";
    static auto describe() { return schema<options>{}.optional("field", &options::field, ""); }
  };
  explicit summing(const options& o) : opt(o) {}
  void on_point(const udf::point& p, udf::emitter& out) {
    total += p.number(opt.field).value_or(0);
    out.emit(p, {{"total", total}});
  }
  auto state() { return std::tie(total); }

  const options& opt;
  double total = 0;
};
struct summing_v2 : summing {
  using summing::summing;
  static constexpr unsigned state_version = 2;
};

test::point in_group(const std::string& host, double x) {
  return {.tags = {{"host", host}}, .fields = {{"x", x}, {"y", x}}};
}

std::string snapshot_of_sums() {
  test::runner before(make_function<summing>("summing"), {});
  before.feed(std::vector{in_group("a", 1), in_group("b", 10), in_group("a", 2)});
  return before.snapshot();
}

/// The same, for each group or for the whole task, as its options say.
struct summing_anywhere {
  struct options {
    bool per_task = false;
    udf::scope scope() const { return per_task ? udf::scope::per_task : udf::scope::per_group; }
    static auto describe() {
      return schema<options>{}.flag("perTask", &options::per_task, "one sum for all groups");
    }
  };
  void on_point(const udf::point& p, udf::emitter& out) {
    total += p.number("x").value_or(0);
    out.emit(p, {{"total", total}});
  }
  auto state() { return std::tie(total); }

  double total = 0;
};

template <class T>
void expect_fresh(const std::string& name, const std::vector<option>& options,
                  const std::string& snapshot, const std::string& reason) {
  test::runner after(make_function<T>(name), options);
  after.feed(std::vector{in_group("a", 100)});
  const auto error = after.restore(snapshot);
  EXPECT_NE(error.find(reason), std::string::npos) << error;
  // What it had before the attempt is untouched.
  EXPECT_EQ(after.feed(std::vector{in_group("a", 1)}).points.at(0).number("total"), 101.0);
}

TEST(Snapshot, HasOneStateOrOneForEachGroupAsTheOptionsChoose) {
  const auto f = make_function<summing_anywhere>("summing");
  const std::vector<std::vector<option>> choices = {{}, {{"perTask", {}}}};
  std::vector<std::vector<double>> got;
  std::vector<std::string> snapshots;
  for (const auto& options : choices) {
    test::runner before(f, options), after(f, options);
    before.feed(std::vector{in_group("a", 1), in_group("b", 10)});
    snapshots.push_back(before.snapshot());
    EXPECT_EQ(after.restore(snapshots.back()), "");
    EXPECT_EQ(after.snapshot(), snapshots.back());
    auto& totals = got.emplace_back();
    for (const auto& p : after.feed(std::vector{in_group("a", 2), in_group("c", 3)}).points) {
      totals.push_back(*p.number("total"));
    }
  }
  EXPECT_EQ(got[0], (std::vector<double>{3, 3}));
  EXPECT_EQ(got[1], (std::vector<double>{13, 16}));
  // A state of all groups is no state of one.
  expect_fresh<summing_anywhere>("summing", {}, snapshots[1], "of the options \"perTask=TRUE\"");
}

TEST(Snapshot, ContinuesEachGroupWhereItWas) {
  test::runner after(make_function<summing>("summing"), {});
  EXPECT_EQ(after.restore(snapshot_of_sums()), "");
  const auto out = after.feed(std::vector{in_group("a", 1), in_group("b", 1), in_group("c", 1)});
  EXPECT_EQ(out.points.at(0).number("total"), 4.0);
  EXPECT_EQ(out.points.at(1).number("total"), 11.0);
  EXPECT_EQ(out.points.at(2).number("total"), 1.0);
}

TEST(Snapshot, ThatIsEmptyMeansFresh) {
  test::runner after(make_function<summing>("summing"), {});
  EXPECT_EQ(after.restore(""), "");
  EXPECT_EQ(after.feed(std::vector{in_group("a", 1)}).points.at(0).number("total"), 1.0);
}

TEST(Snapshot, OfAFunctionWithoutStateIsEmpty) {
  struct forwards {
    void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
  };
  test::runner r(make_function<forwards>("forwards"), {});
  r.feed(std::vector{in_group("a", 1)});
  EXPECT_EQ(r.snapshot(), "");
}

TEST(Snapshot, OfAnotherFunctionStartsFresh) {
  expect_fresh<summing>("other", {}, snapshot_of_sums(),
                        "of the function \"summing\", the task has \"other\"");
}

TEST(Snapshot, OfOtherOptionsStartsFreshAndNamesThem) {
  expect_fresh<summing>("summing",
                        {
                            {"field", {"y"}},
                        },
                        snapshot_of_sums(),
                        "of the options \"all at their defaults\", the task has \"field='y'\"");
}

TEST(Snapshot, OfAnotherStateVersionStartsFresh) {
  expect_fresh<summing_v2>("summing", {}, snapshot_of_sums(),
                           "of state version 1, the function has 2 and cannot migrate it");
}

/// Remembers one thing more since version 3; version 1 had the total as an int.
struct summing_v3 : summing {
  using summing::summing;
  static constexpr unsigned state_version = 3;
  void on_point(const udf::point& p, udf::emitter& out) {
    ++points;
    summing::on_point(p, out);
  }
  auto state() { return std::tie(total, points); }
  void check_state() const {
    if (points < 0) throw state_error("fewer than no points");
  }
  void migrate(unsigned version, state_reader& in) {
    total = version == 1 ? in.read<double>() : static_cast<double>(in.read<std::int64_t>());
    points = total > 1000 ? -1 : 0;
  }
  std::int64_t points = 0;
};

TEST(Snapshot, OfAnOlderStateVersionIsMigrated) {
  test::runner after(make_function<summing_v3>("summing"), {});
  EXPECT_EQ(after.restore(snapshot_of_sums()), "");
  const auto out = after.feed(std::vector{in_group("a", 1), in_group("b", 1)});
  EXPECT_EQ(out.points.at(0).number("total"), 4.0);
  EXPECT_EQ(out.points.at(1).number("total"), 11.0);
  test::runner again(make_function<summing_v3>("summing"), {});
  EXPECT_EQ(again.restore(after.snapshot()), "");
}

TEST(Snapshot, ThatIsMigratedIsCheckedToo) {
  test::runner before(make_function<summing>("summing"), {});
  before.feed(std::vector{in_group("a", 1001)});
  expect_fresh<summing_v3>("summing", {}, before.snapshot(), "fewer than no points");
}

TEST(Snapshot, OfANewerStateVersionStartsFresh) {
  test::runner before(make_function<summing_v3>("summing"), {});
  before.feed(std::vector{in_group("a", 1)});
  expect_fresh<summing>("summing", {}, before.snapshot(), "of state version 3, the function has 1");
}

template <std::size_t size>
struct counting_twice {
  void on_point(const udf::point& p, udf::emitter& out) {
    out.emit(p, {{"total", ++counted.counts.back()}});
  }
  auto state() { return std::tie(counted); }
  fixed_counts counted{size};
};

TEST(Snapshot, HoldsTypesOfTheAuthorsThatHaveACodec) {
  test::runner before(make_function<counting_twice<2>>("f"), {});
  before.feed(std::vector{in_group("a", 1), in_group("a", 1)});
  test::runner after(make_function<counting_twice<2>>("f"), {});
  EXPECT_EQ(after.restore(before.snapshot()), "");
  EXPECT_EQ(after.feed(std::vector{in_group("a", 1)}).points.at(0).number("total"), 3.0);
  test::runner other(make_function<counting_twice<3>>("f"), {});
  EXPECT_NE(other.restore(before.snapshot()).find("another number of counts"), std::string::npos);
}

TEST(Snapshot, ThatIsNotOursStartsFresh) {
  expect_fresh<summing>("summing", {}, "capture-state-1", "not one of this agent");
}

TEST(Snapshot, DamagedAnywhereStartsFresh) {
  const auto good = snapshot_of_sums();
  for (std::size_t i = 4; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    expect_fresh<summing>("summing", {}, bad, "the snapshot is damaged");
  }
}

TEST(Snapshot, CutOffAnywhereStartsFresh) {
  const auto good = snapshot_of_sums();
  for (std::size_t n = 1; n < good.size(); ++n)
    expect_fresh<summing>("summing", {}, good.substr(0, n), "the snapshot");
}

TEST(Snapshot, KeepsOnlyAsManyGroupsAsTheLimitAllows) {
  const auto f = make_function<summing>("summing");
  engine limited(f, {}, [](const result&) {}, {.limits = {.max_groups = 1}});
  limited.load(snapshot_of_sums());
  EXPECT_EQ(limited.totals().groups, 1u);
  EXPECT_EQ(limited.totals().evicted_groups, 1u);
  test::runner after(f, {}, {.max_groups = 1});
  EXPECT_EQ(after.restore(snapshot_of_sums()), "");
  EXPECT_EQ(after.feed(std::vector{in_group("b", 1)}).points.at(0).number("total"), 11.0);
}

}  // namespace
}  // namespace kapacitor::udf
