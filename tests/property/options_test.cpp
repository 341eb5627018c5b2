#include <algorithm>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "property/sample.hpp"
#include <kapacitor/udf/options.hpp>

// Random uses of options against a second reading of the rules.
namespace kapacitor::udf {
namespace {

struct sampled {
  std::string field;
  std::int8_t size = 10;
  double ratio = 0.5;
  bool exact = false;
  std::chrono::nanoseconds period{};
  std::vector<std::string> stat;
  std::pair<std::string, double> mixed;
  std::optional<std::int64_t> limit;
  bool keep = false;

  static auto describe() {
    return schema<sampled>{}
        .required("field", &sampled::field, "")
        .optional("size", &sampled::size, "", at_least(1))
        .optional("ratio", &sampled::ratio, "", above_up_to(0.0, 1.0))
        .optional("exact", &sampled::exact, "")
        .optional("period", &sampled::period, "")
        .optional("stat", &sampled::stat, "")
        .optional("mixed", &sampled::mixed, "")
        .optional("limit", &sampled::limit, "")
        .flag("keep", &sampled::keep, "");
  }
};

/// The types each option takes: b i d s t, as many as arguments.
const std::map<std::string, std::string> shapes = {{"field", "s"},  {"size", "i"},   {"ratio", "d"},
                                                   {"exact", "b"},  {"period", "t"}, {"stat", "s"},
                                                   {"mixed", "sd"}, {"limit", "i"},  {"keep", ""}};

char letter(const option_value& v) {
  return "-bidst"[v.held().index()];
}

bool is_wrong(const option& use) {
  const auto shape = shapes.find(use.name);
  if (shape == shapes.end() || shape->second.size() != use.values.size()) return true;
  for (std::size_t i = 0; i < use.values.size(); ++i) {
    const char wanted = shape->second[i], given = letter(use.values[i]);
    if (given != wanted && !(wanted == 'd' && given == 'i')) return true;
  }
  if (use.name == "size") {
    const auto n = *use.values[0].get_if<std::int64_t>();
    return n < 1 || n > 127;
  }
  if (use.name == "ratio") {
    const auto* i = use.values[0].get_if<std::int64_t>();
    const double x = i ? static_cast<double>(*i) : *use.values[0].get_if<double>();
    return !(x > 0 && x <= 1);
  }
  return false;
}

bool is_wrong(const std::vector<option>& given) {
  std::map<std::string, int> uses;
  for (const auto& use : given) {
    if (is_wrong(use)) return true;
    if (++uses[use.name] > 1 && use.name != "stat") return true;
  }
  return uses["field"] == 0;
}

option_value value_of(test::sample& random, char type) {
  switch (type) {
    case 'b':
      return random.one_in(2);
    case 'i':
      return static_cast<std::int64_t>(random.below(140)) - 5;
    case 'd':
      return random.part() * 1.05;
    case 's':
      return random.word();
    case 't':
      return std::chrono::nanoseconds(random.integer());
    default:
      return {};
  }
}

std::vector<option> random_uses(test::sample& random) {
  std::vector<option> given;
  for (const auto& [name, types] : shapes) {
    if (random.one_in(3) && name != "field") continue;
    auto shape = types;
    if (random.one_in(60)) shape += "i";
    option use{random.one_in(100) ? name + "s" : name, {}};
    for (const char type : shape) {
      use.values.push_back(value_of(random, random.one_in(60) ? "-bidst"[random.below(6)] : type));
    }
    if (!random.one_in(100)) given.push_back(use);
    if (random.one_in(50) || (name == "stat" && random.one_in(2))) given.push_back(use);
  }
  for (std::size_t i = given.size(); i > 1; --i) std::swap(given[i - 1], given[random.below(i)]);
  return given;
}

std::vector<std::string> stats_of(const std::vector<option>& given) {
  std::vector<std::string> stats;
  for (const auto& use : given) {
    if (use.name == "stat") stats.push_back(*use.values[0].get_if<std::string>());
  }
  return stats;
}

TEST(Options, AreTakenOrRefusedByTheRules) {
  test::sample random(1);
  const auto schema = sampled::describe();
  int taken = 0, refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto given = random_uses(random);
    if (is_wrong(given)) {
      ++refused;
      ASSERT_THROW(schema.parse(given), option_error);
      continue;
    }
    ++taken;
    const auto o = schema.parse(given);
    ASSERT_EQ(o.stat, stats_of(given));
    const auto used = [&](const char* name) {
      return std::any_of(given.begin(), given.end(), [&](auto& use) { return use.name == name; });
    };
    ASSERT_EQ(o.keep, used("keep"));
    ASSERT_EQ(o.limit.has_value(), used("limit"));
    if (!used("size")) {
      ASSERT_EQ(o.size, 10);
    }
  }
  EXPECT_GT(taken, 5000);
  EXPECT_GT(refused, 5000);
}

TEST(Options, HaveTheSameFingerprintInAnyOrder) {
  test::sample random(2);
  const auto schema = sampled::describe();
  for (int i = 0; i < 5'000; ++i) {
    auto given = random_uses(random);
    if (is_wrong(given)) continue;
    const auto before = schema.fingerprint(schema.parse(given));
    std::stable_sort(given.begin(), given.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    ASSERT_EQ(schema.fingerprint(schema.parse(given)), before);
  }
}

// Snapshots of a running Kapacitor depend on this text: it must not change between versions.
TEST(Options, HaveTheFingerprintTheyAlwaysHad) {
  const auto schema = sampled::describe();
  EXPECT_EQ(schema.fingerprint(schema.parse({{"field", {"it's"}}})), "field='it\\'s'");
  EXPECT_EQ(schema.text(schema.parse({{"field", {"it's"}}})),
            "field='it\\'s' size=10 ratio=0.5 exact=FALSE period=0s stat= mixed='', 0.0 limit= "
            "keep=FALSE");
  EXPECT_EQ(schema.fingerprint(schema.parse({{"field", {"x"}},
                                             {"size", {7}},
                                             {"ratio", {1}},
                                             {"exact", {true}},
                                             {"period", {std::chrono::seconds(90)}},
                                             {"stat", {"a"}},
                                             {"stat", {"b"}},
                                             {"mixed", {"m", 1e100}},
                                             {"limit", {-1}},
                                             {"keep", {}}})),
            "field='x' size=7 ratio=1.0 exact=TRUE period=1m30s stat='a'; 'b' mixed='m', 1e+100 "
            "limit=-1 keep=TRUE");
}

}  // namespace
}  // namespace kapacitor::udf
