#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <udf.pb.h>

#include "base/text/error.hpp"
#include "drive/option_value.hpp"
#include "drive/requests.hpp"
#include "drive/rule.hpp"
#include "drive/validation.hpp"

namespace kapacitor::udf::host {
namespace {

using namespace std::chrono_literals;

option_value only_value(std::string_view text) {
  const auto parsed = parse_option(text);
  EXPECT_EQ(parsed.values.size(), 1u) << text;
  return parsed.values.empty() ? option_value() : parsed.values.front();
}

TEST(OptionOfTheCommandLine, IsTypedAsInATickscript) {
  EXPECT_EQ(only_value("x=10"), option_value(10));
  EXPECT_EQ(only_value("x=-10"), option_value(-10));
  EXPECT_EQ(only_value("x=1.0"), option_value(1.0));
  EXPECT_EQ(only_value("x=TRUE"), option_value(true));
  EXPECT_EQ(only_value("x=FALSE"), option_value(false));
  EXPECT_EQ(only_value("x=5m"), option_value(5min));
  EXPECT_EQ(only_value("x=10ms"), option_value(10ms));
  EXPECT_EQ(only_value("x=2w"), option_value(14 * 24h));
  EXPECT_EQ(only_value("x=usage idle"), option_value("usage idle"));
  EXPECT_EQ(only_value("x='10'"), option_value("10"));
  EXPECT_EQ(only_value("x='it\\'s, well'"), option_value("it's, well"));
  EXPECT_EQ(only_value("x=true"), option_value("true"));
  EXPECT_EQ(only_value("x="), option_value(""));
}

TEST(OptionOfTheCommandLine, TakesSeveralValuesOrNone) {
  EXPECT_EQ(parse_option("mixed=a,3,5m").values,
            (std::vector<option_value>{option_value("a"), option_value(3), option_value(5min)}));
  EXPECT_EQ(parse_option("x='a,b','c'").values.size(), 2u);
  EXPECT_EQ(parse_option("keep").name, "keep");
  EXPECT_TRUE(parse_option("keep").values.empty());
}

TEST(OptionOfTheCommandLine, TakesWhatIsNoValueAsKapacitorSendsIt) {
  EXPECT_EQ(only_value("x=lambda: TRUE"), option_value());
  EXPECT_EQ(only_value("x=/a.*/"), option_value());
  EXPECT_EQ(only_value("x=*"), option_value());
  EXPECT_EQ(type_of(option_value()), value_type::boolean);
}

TEST(OptionOfTheCommandLine, RefusesWhatCannotBeRead) {
  EXPECT_THROW(parse_option("=5"), usage_error);
  EXPECT_THROW(parse_option("x='open"), usage_error);
  EXPECT_THROW(parse_option("x='a'b"), usage_error);
  EXPECT_THROW(parse_option("x=99999999999999999999"), usage_error);
  EXPECT_THROW(parse_option("x=1.2.3"), usage_error);
}

TEST(InitRequest, CarriesTheOptionsInOrder) {
  ::agent::Request r;
  ASSERT_TRUE(r.ParseFromString(init_request(
      {parse_option("a=1,x"), parse_option("keep"), parse_option("l=lambda: TRUE")}, "t", "n2")));
  const auto& init = r.init();
  EXPECT_EQ(init.taskid(), "t");
  EXPECT_EQ(init.nodeid(), "n2");
  ASSERT_EQ(init.options_size(), 3);
  EXPECT_EQ(init.options(0).values(0).intvalue(), 1);
  EXPECT_EQ(init.options(0).values(1).type(), ::agent::STRING);
  EXPECT_EQ(init.options(1).values_size(), 0);
  EXPECT_EQ(init.options(2).values(0).type(), ::agent::BOOL);
  EXPECT_EQ(init.options(2).values(0).value_case(), ::agent::OptionValue::VALUE_NOT_SET);
}

struct Validation : ::testing::Test {
  udf_info info{edge::stream,
                edge::stream,
                {{"d", {value_type::floating}},
                 {"multi", {value_type::string, value_type::integer, value_type::duration}},
                 {"keep", {}}}};

  void expect(const std::string& rule, const std::string& what, const std::string& opt) {
    try {
      validate_options(info, {parse_option(opt)});
      ADD_FAILURE() << "accepted: " << opt;
    } catch (const rule_violation& why) {
      EXPECT_EQ(why.rule(), rule);
      EXPECT_EQ(why.what(), what);
    }
  }
};

TEST_F(Validation, SaysWhatKapacitorSays) {
  expect("option-type", "unexpected arg to d, got INT expected DOUBLE", "d=1");
  expect("option-type", "unexpected arg to d, got BOOL expected DOUBLE", "d=lambda: TRUE");
  expect("option-arguments", "unexpected number of args to multi, got 2 expected 3", "multi=a,1");
  expect("option-unknown",
         "no method or property \"x\" on *pipeline.UDFNode (it has: d, keep, multi)", "x=1");
}

TEST_F(Validation, AcceptsWhatFitsHoweverOften) {
  EXPECT_NO_THROW(validate_options(info, {parse_option("d=1.0"), parse_option("d=-2.5"),
                                          parse_option("multi=a,1,5s"), parse_option("keep")}));
}

TEST_F(Validation, RefusesEdgesThatDoNotMatch) {
  EXPECT_NO_THROW(validate_edge(info, edge::stream, "from1", "f2"));
  try {
    validate_edge(info, edge::batch, "window2", "f3");
    ADD_FAILURE();
  } catch (const rule_violation& why) {
    EXPECT_EQ(why.rule(), "edge-mismatch");
    EXPECT_EQ(std::string(why.what()),
              "cannot add child mismatched edges: window2:batch -> f3:stream (the function takes "
              "single points: leave out the window)");
  }
}

}  // namespace
}  // namespace kapacitor::udf::host
