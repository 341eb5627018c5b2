#include <cmath>

#include <gtest/gtest.h>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;

struct every_option {
  std::string field;
  std::int64_t size = 10;
  std::uint8_t small = 1;
  double ratio = 0.5;
  bool exact = false;
  std::chrono::nanoseconds period = 90s;
  std::tuple<std::string, std::int64_t, std::chrono::nanoseconds> mixed;
  std::pair<double, double> bounds{0, 1};
  std::vector<std::string> stat;
  std::vector<std::pair<std::string, double>> weight;
  std::optional<double> limit;
  std::string method = "fast";
  bool keep = false;

  static auto describe() {
    return schema<every_option>{}
        .required("field", &every_option::field, "", not_empty())
        .optional("size", &every_option::size, "", at_least(1))
        .optional("small", &every_option::small, "")
        .optional("ratio", &every_option::ratio, "", above_up_to(0.0, 1.0))
        .optional("exact", &every_option::exact, "")
        .optional("period", &every_option::period, "", more_than(0s))
        .optional("mixed", &every_option::mixed, "")
        .optional("bounds", &every_option::bounds, "")
        .optional("stat", &every_option::stat, "")
        .optional("weight", &every_option::weight, "")
        .optional("limit", &every_option::limit, "")
        .optional("method", &every_option::method, "", one_of({"fast", "slow"}))
        .flag("keep", &every_option::keep, "");
  }
};

every_option parse(const std::vector<option>& given) {
  return every_option::describe().parse(given);
}

std::string error_of(std::vector<option> given) {
  given.insert(given.begin(), {"field", {"x"}});
  try {
    parse(given);
    return "no error";
  } catch (const option_error& e) {
    return e.what();
  }
}

TEST(Options, OfEveryTypeAndShapeReachTheirMembers) {
  const auto o = parse({{"field", {"x"}},
                        {"size", {-3 + 10}},
                        {"small", {255}},
                        {"ratio", {0.25}},
                        {"exact", {true}},
                        {"period", {5min}},
                        {"mixed", {"a", 3, 5min}},
                        {"bounds", {-1.0, 2}},
                        {"stat", {"p99"}},
                        {"stat", {"mean"}},
                        {"weight", {"a", 1.5}},
                        {"limit", {7.0}},
                        {"method", {"slow"}},
                        {"keep", {}}});
  EXPECT_EQ(o.field, "x");
  EXPECT_EQ(o.size, 7);
  EXPECT_EQ(o.small, 255);
  EXPECT_EQ(o.ratio, 0.25);
  EXPECT_TRUE(o.exact);
  EXPECT_EQ(o.period, 5min);
  EXPECT_EQ(o.mixed,
            std::make_tuple(std::string("a"), std::int64_t{3}, std::chrono::nanoseconds(5min)));
  EXPECT_EQ(o.bounds, std::make_pair(-1.0, 2.0));
  EXPECT_EQ(o.stat, (std::vector<std::string>{"p99", "mean"}));
  EXPECT_EQ(o.weight, (std::vector<std::pair<std::string, double>>{{"a", 1.5}}));
  EXPECT_EQ(o.limit, 7.0);
  EXPECT_EQ(o.method, "slow");
  EXPECT_TRUE(o.keep);
}

TEST(Options, NotGivenKeepTheirDefaults) {
  const auto o = parse({{"field", {"x"}}});
  EXPECT_EQ(o.size, 10);
  EXPECT_FALSE(o.keep);
  EXPECT_FALSE(o.limit);
}

TEST(Options, TakeAnIntWhereADoubleIsDeclared) {
  EXPECT_EQ(parse({{"field", {"x"}}, {"ratio", {1}}}).ratio, 1.0);
}

TEST(Options, JudgeAnIntInPlaceOfADoubleAsOne) {
  struct options {
    double order = 1;
  };
  const auto declared =
      schema<options>{}.optional("order", &options::order, "", one_of({1.0, 2.0}));
  EXPECT_EQ(declared.parse({{"order", {2}}}).order, 2);
  EXPECT_THROW(declared.parse({{"order", {3}}}), option_error);
}

TEST(Options, AreAllReportedInOneMessage) {
  try {
    parse({{"size", {0}}, {"bogus", {1}}, {"period", {"5m"}}, {"keep", {true}}});
    FAIL() << "took them";
  } catch (const option_error& e) {
    EXPECT_STREQ(e.what(),
                 "unknown option bogus, known are field, size, small, ratio, exact, period, mixed, "
                 "bounds, stat, weight, "
                 "limit, method, keep; field is required; period must be DURATION, got STRING "
                 "'5m'; keep takes no value, "
                 "got 1; size must be at least 1, got 0");
  }
}

TEST(Options, OfTheWrongTypeNameBothTypes) {
  EXPECT_EQ(error_of({{"size", {1.5}}}), "size must be INT, got DOUBLE 1.5");
  EXPECT_EQ(error_of({{"mixed", {"a", "b", 5min}}}),
            "mixed must be INT in place 2, got STRING 'b'");
}

TEST(Options, GivenALambdaAreRefused) {
  EXPECT_EQ(error_of({{"exact", {option_value()}}}),
            "exact must be BOOL, got a lambda, a regular expression or a star");
}

TEST(Options, WithTheWrongNumberOfValuesAreRefused) {
  EXPECT_EQ(error_of({{"size", {}}}), "size takes one value, got 0");
  EXPECT_EQ(error_of({{"mixed", {"a", 1}}}), "mixed takes 3 values, got 2");
}

TEST(Options, GivenTwiceAreRefusedUnlessTheyRepeat) {
  EXPECT_EQ(error_of({{"size", {1}}, {"size", {2}}}), "size is given 2 times, once is allowed");
  EXPECT_EQ(error_of({{"stat", {"a"}}, {"stat", {"b"}}}), "no error");
}

TEST(Options, OutOfRangeSayWhatIsAllowed) {
  EXPECT_EQ(error_of({{"ratio", {0.0}}}), "ratio must be more than 0.0 and at most 1.0, got 0.0");
  EXPECT_EQ(error_of({{"ratio", {std::nan("")}}}),
            "ratio must be more than 0.0 and at most 1.0, got nan");
  EXPECT_EQ(error_of({{"small", {256}}}), "small must be between 0 and 255, got 256");
  EXPECT_EQ(error_of({{"small", {-1}}}), "small must be between 0 and 255, got -1");
  EXPECT_EQ(error_of({{"period", {0s}}}), "period must be more than 0s, got 0s");
  EXPECT_EQ(error_of({{"method", {"quick"}}}), "method must be one of 'fast', 'slow', got 'quick'");
}

TEST(Options, AreCheckedAsAWholeByCheck) {
  struct interval {
    double low = 0, high = 1;
    static auto describe() {
      return schema<interval>{}
          .optional("low", &interval::low, "")
          .optional("high", &interval::high, "");
    }
    void check() const {
      if (low >= high) throw option_error("low must be below high");
    }
  };
  EXPECT_THROW(interval::describe().parse({{"low", {2.0}}}), option_error);
  EXPECT_EQ(interval::describe().parse({{"low", {0.5}}}).low, 0.5);
}

TEST(Options, DescribeThemselves) {
  const auto infos = every_option::describe().infos();
  EXPECT_TRUE(infos[0].required);
  EXPECT_EQ(infos[1].default_value, "10");
  EXPECT_EQ(infos[1].allowed, "at least 1");
  EXPECT_EQ(infos[3].default_value, "0.5");
  EXPECT_EQ(infos[5].default_value, "1m30s");
  EXPECT_EQ(infos[6].types,
            (std::vector{value_type::string, value_type::integer, value_type::duration}));
  EXPECT_TRUE(infos[8].repeated);
  EXPECT_EQ(infos[11].default_value, "'fast'");
  EXPECT_TRUE(infos[12].types.empty());
}

TEST(Options, CannotHaveANameThatKapacitorKeepsForItself) {
  struct o {
    bool x = false;
  };
  EXPECT_THROW((schema<o>{}.flag("quiet", &o::x, "")), std::logic_error);
  EXPECT_THROW((schema<o>{}.flag("two words", &o::x, "")), std::logic_error);
  EXPECT_THROW((schema<o>{}.flag("", &o::x, "")), std::logic_error);
  EXPECT_NO_THROW((schema<o>{}.flag("half_life2", &o::x, "")));
}

TEST(Options, HaveAFingerprintThatTellsValuesApart) {
  const auto s = every_option::describe();
  EXPECT_EQ(s.fingerprint(parse({{"field", {"x"}}})),
            s.fingerprint(parse({{"field", {"x"}}, {"size", {10}}})));
  EXPECT_NE(s.fingerprint(parse({{"field", {"x"}}})),
            s.fingerprint(parse({{"field", {"x"}}, {"size", {11}}})));
}

/// Two releases of one function's options: the second adds two.
struct first_release {
  std::string field, as = "mean";
  int size = 10;
  static auto describe() {
    return schema<first_release>{}
        .required("field", &first_release::field, "")
        .optional("size", &first_release::size, "")
        .optional("as", &first_release::as, "")
        .output_only();
  }
};
struct second_release : first_release {
  double alpha = 0.1;
  bool keep = false;
  static auto describe() {
    return schema<second_release>{}
        .required("field", &second_release::field, "")
        .optional("size", &second_release::size, "")
        .optional("alpha", &second_release::alpha, "")
        .optional("as", &second_release::as, "")
        .output_only()
        .flag("keep", &second_release::keep, "")
        .output_only();
  }
};

template <class O>
std::string fingerprint_of(const std::vector<option>& given) {
  return O::describe().fingerprint(O::describe().parse(given));
}

TEST(Options, ThatShapeNoStateAreNotInTheFingerprint) {
  EXPECT_EQ(fingerprint_of<first_release>({{"field", {"x"}}, {"as", {"y"}}}), "field='x'");
  EXPECT_EQ(fingerprint_of<first_release>({{"field", {"x"}}, {"size", {5}}}), "field='x' size=5");
  EXPECT_EQ(fingerprint_of<first_release>({{"field", {"x"}}, {"size", {10}}}), "field='x'");
}

TEST(Options, OfANewReleaseLeaveOldFingerprintsAsTheyWere) {
  const std::vector<option> script = {{"field", {"x"}}, {"size", {5}}, {"as", {"y"}}};
  EXPECT_EQ(fingerprint_of<second_release>(script), fingerprint_of<first_release>(script));
  auto keeping = script;
  keeping.push_back({"keep", {}});
  EXPECT_EQ(fingerprint_of<second_release>(keeping), fingerprint_of<first_release>(script));
  auto other = script;
  other.push_back({"alpha", {0.5}});
  EXPECT_EQ(fingerprint_of<second_release>(other), "field='x' size=5 alpha=0.5");
}

TEST(OptionValue, IsWrittenAsInATickscript) {
  EXPECT_EQ(to_string(option_value(1.0)), "1.0");
  EXPECT_EQ(to_string(option_value(1e300)), "1e+300");
  EXPECT_EQ(to_string(option_value("it's")), "'it\\'s'");
  EXPECT_EQ(to_string(option_value(true)), "TRUE");
  EXPECT_EQ(to_string(option_value(-1500ms)), "-1s500ms");
  EXPECT_EQ(to_string(std::chrono::nanoseconds::min()), "-15250w1d23h47m16s854ms775u808ns");
}

}  // namespace
}  // namespace kapacitor::udf
