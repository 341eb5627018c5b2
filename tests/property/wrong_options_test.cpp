#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/ready_made.hpp"

// Whatever is wrong with a ready-made function's options: the message is enough to mend the script.
namespace kapacitor::udf {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A value of each type, and one of none.
const std::vector<std::pair<std::string, option_value>> of_each_type = {
    {"BOOL", true},    {"INT", 7},        {"DOUBLE", 2.5},
    {"STRING", "abc"}, {"DURATION", 90s}, {"", option_value()}};

std::string given_text(const std::string& type, const option_value& v) {
  return type.empty() ? to_string(v) : type + " " + to_string(v);
}

bool fits(value_type wanted, const std::string& given) {
  return to_string(wanted) == given || (wanted == value_type::floating && given == "INT");
}

option_value of_type(value_type t) {
  return of_each_type[static_cast<std::size_t>(t)].second;
}

/// Values of a type of which an option that does not allow all refuses one.
std::vector<option_value> extremes(value_type t) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  constexpr auto huge = std::numeric_limits<double>::max();
  switch (t) {
    case value_type::boolean:
      return {true, false};
    case value_type::integer:
      return {-largest - 1, -1, 0, 1, 3, largest};
    case value_type::floating:
      return {-huge, -1.0, 0.0, 5e-324, 1.0, 1.5, huge};
    case value_type::string:
      return {"", "no such thing", std::string(100'000, 'x')};
    case value_type::duration:
      return {std::chrono::nanoseconds(-largest - 1), -1ns, 0ns, 1ns,
              std::chrono::nanoseconds(largest)};
  }
  return {};
}

class WrongOptions : public testing::TestWithParam<test::setting> {
 protected:
  const function f = test::ready_made(GetParam().function);

  /// What the function says of such options; empty if it takes them. A message is never empty.
  std::string said_of(const std::vector<option>& options) const {
    try {
      f.make_task(options, {});
      return "";
    } catch (const option_error& problem) {
      std::string message = problem.what();
      expect_readable(message);
      return message;
    }
  }
  std::string refusal(const std::vector<option>& options) const {
    auto message = said_of(options);
    EXPECT_NE(message, "") << "such options are taken";
    return message;
  }
  static void expect_readable(std::string message) {
    EXPECT_GE(message.size(), 5U);
    // InfluxDB's word for what a field cannot be.
    for (std::size_t at = 0; (at = message.find("'null'", at)) != std::string::npos;) {
      message.erase(at, 6);
    }
    for (const auto* code : {"std:", "::", "basic_string", "int64", "unsigned", "[with", "NSt",
                             "monostate", "null", "what()", "\n"}) {
      EXPECT_THAT(message, testing::Not(HasSubstr(code)));
    }
    EXPECT_FALSE(message.ends_with(' ') || message.ends_with(',') || message.ends_with(':'))
        << message;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& o : f.options) all.push_back(o.name);
    return all;
  }
  /// The setting's options without one.
  static std::vector<option> without(const std::string& name) {
    auto options = GetParam().options;
    std::erase_if(options, [&](const option& o) { return o.name == name; });
    return options;
  }
  /// The setting's options, but one used just so.
  static std::vector<option> with(const std::string& name, std::vector<option_value> values) {
    auto options = without(name);
    options.push_back({name, std::move(values)});
    return options;
  }
  static std::vector<option_value> fitting(const option_info& o) {
    std::vector<option_value> values;
    for (const auto t : o.types) values.push_back(of_type(t));
    return values;
  }
};

TEST_P(WrongOptions, ARequiredOneIsMissed) {
  for (const auto& o : f.options) {
    if (!o.required) continue;
    EXPECT_THAT(refusal(without(o.name)), HasSubstr(o.name + " is required"));
  }
}

TEST_P(WrongOptions, AnotherTypeIsNamedWithWhatWasGivenAndWhatIsWanted) {
  for (const auto& o : f.options) {
    for (std::size_t place = 0; place < o.types.size(); ++place) {
      for (const auto& [type, value] : of_each_type) {
        if (fits(o.types[place], type)) continue;
        auto values = fitting(o);
        values[place] = value;
        const auto message = refusal(with(o.name, values));
        EXPECT_THAT(message,
                    HasSubstr(o.name + " must be " + std::string(to_string(o.types[place]))));
        EXPECT_THAT(message, HasSubstr("got " + given_text(type, value)));
      }
    }
  }
}

/// Kapacitor insists on 1.0; what it lets through, and what others send, is not refused here.
TEST_P(WrongOptions, AnIntInPlaceOfADoubleIsJudgedAsOne) {
  for (const auto& o : f.options) {
    for (std::size_t place = 0; place < o.types.size(); ++place) {
      if (o.types[place] != value_type::floating) continue;
      for (const int x : {-1, 0, 1, 2, 100}) {
        auto as_int = fitting(o), as_double = fitting(o);
        as_int[place] = x;
        as_double[place] = static_cast<double>(x);
        EXPECT_EQ(said_of(with(o.name, as_int)).empty(), said_of(with(o.name, as_double)).empty())
            << o.name << " " << x;
      }
    }
  }
}

TEST_P(WrongOptions, TooManyAndTooFewValuesAreCounted) {
  for (const auto& o : f.options) {
    auto more = fitting(o);
    more.emplace_back(1);
    EXPECT_THAT(refusal(with(o.name, more)), HasSubstr(o.name + " takes "));
    EXPECT_THAT(refusal(with(o.name, more)), HasSubstr("got " + std::to_string(more.size())));
    if (o.types.empty()) continue;
    EXPECT_THAT(refusal(with(o.name, {})), HasSubstr(o.name + " takes "));
    EXPECT_THAT(refusal(with(o.name, {})), HasSubstr("got 0"));
  }
}

TEST_P(WrongOptions, OneThatIsNotRepeatedIsGivenTwice) {
  for (const auto& o : f.options) {
    if (o.repeated) continue;
    auto options = with(o.name, fitting(o));
    options.push_back({o.name, fitting(o)});
    EXPECT_THAT(refusal(options), HasSubstr(o.name + " is given 2 times, once is allowed"));
  }
}

TEST_P(WrongOptions, AnUnknownOneIsNamedWithThoseThatThereAre) {
  const auto message = refusal(with("noSuchOption", {1}));
  EXPECT_THAT(message, HasSubstr("unknown option noSuchOption"));
  for (const auto& name : names()) EXPECT_THAT(message, HasSubstr(name));
}

TEST_P(WrongOptions, WhatIsNotAllowedIsNamedWithWhatIs) {
  for (const auto& o : f.options) {
    if (o.allowed.empty()) continue;
    std::size_t refused = 0;
    for (std::size_t place = 0; place < o.types.size(); ++place) {
      for (const auto& value : extremes(o.types[place])) {
        auto values = fitting(o);
        values[place] = value;
        const auto message = said_of(with(o.name, values));
        const auto wanted = o.name + " must be " + o.allowed + ", got " + to_string(value);
        refused += message.find(wanted) != std::string::npos;
      }
    }
    EXPECT_GT(refused, 0U) << o.name << " takes all though it says: " << o.allowed;
  }
}

/// Extreme values, each by itself and with each other option: taken, or refused by a message that
/// names an option.
TEST_P(WrongOptions, WhatDoesNotGoTogetherIsToldByTheOptionsNames) {
  const auto known = names();
  const auto expect_named = [&](const std::vector<option>& options) {
    const auto message = said_of(options);
    EXPECT_TRUE(message.empty() || std::any_of(known.begin(), known.end(),
                                               [&](const auto& name) {
                                                 return message.find(name) != std::string::npos;
                                               }))
        << message;
  };
  for (const auto& o : f.options) {
    expect_named(without(o.name));
    if (o.types.empty()) {
      expect_named(with(o.name, {}));
    } else if (o.types.size() == 1) {
      for (const auto& value : extremes(o.types[0])) {
        expect_named({{o.name, {value}}});
        expect_named(with(o.name, {value}));
        for (const auto& other : f.options) {
          if (other.name == o.name || other.types.size() != 1) continue;
          auto options = with(o.name, {value});
          std::erase_if(options, [&](const option& one) { return one.name == other.name; });
          options.push_back({other.name, {extremes(other.types[0])[1]}});
          expect_named(options);
        }
      }
    }
  }
}

TEST_P(WrongOptions, AllProblemsAreToldAtOnce) {
  if (f.options.empty()) GTEST_SKIP() << "it has no options";
  auto too_many = fitting(f.options[0]);
  too_many.emplace_back(1);
  auto options = with(f.options[0].name, too_many);
  options.push_back({"noSuchOption", {}});
  options.push_back({"norThisOne", {1}});
  const auto message = refusal(options);
  EXPECT_THAT(message, HasSubstr("noSuchOption"));
  EXPECT_THAT(message, HasSubstr("norThisOne"));
  EXPECT_THAT(message, HasSubstr(f.options[0].name + " takes "));
}

INSTANTIATE_TEST_SUITE_P(Functions, WrongOptions, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

}  // namespace
}  // namespace kapacitor::udf
