#include "doctor/tick_script.hpp"

#include <gtest/gtest.h>

namespace kapacitor::udf::doctor {
namespace {

std::string text_of(const argument_type& t) {
  return t ? std::string(to_string(*t)) : "?";
}

/// "name@line .option(TYPE)@line …"
std::string seen(std::string_view script) {
  std::string text;
  for (const auto& f : used_functions(script)) {
    text += (text.empty() ? "" : " ") + f.name + "@" + std::to_string(f.line);
    for (const auto& o : f.options) {
      text += " ." + o.name + "(";
      for (std::size_t i = 0; i < o.arguments.size(); ++i)
        text += (i ? "," : "") + text_of(o.arguments[i]);
      text += o.countable ? ")" : ",…)";
    }
  }
  return text;
}

TEST(TickScript, HasFunctionsWithTheirOptions) {
  EXPECT_EQ(
      seen("stream\n    |from()\n        .measurement('cpu')\n    @ewma()\n        .field('x')\n"
           "        .alpha(0.2)\n    |log()\n    @moving_average().size(10)"),
      "ewma@4 .field(STRING) .alpha(DOUBLE) moving_average@8 .size(INT)");
  EXPECT_EQ(seen("var d = stream@a()\nd@b().x()\n|where(lambda: TRUE).quiet()"), "a@1 b@2 .x()");
}

TEST(TickScript, TellsTheTypesOfLiterals) {
  EXPECT_EQ(
      seen("@f().a(1).b(-1).c(1.0).d(.5).e(10s).f(1h30m).g('x').h('''y''').i(TRUE).j(lambda: \"a\" "
           "> 1)"
           ".k(/a/).l(*).m('a', 1, 5m).n()"),
      "f@1 .a(INT) .b(INT) .c(DOUBLE) .d(DOUBLE) .e(DURATION) .f(DURATION) .g(STRING) .h(STRING) "
      ".i(BOOL) .j(BOOL) .k(BOOL) .l(BOOL) .m(STRING,INT,DURATION) .n()");
}

TEST(TickScript, DoesNotGuess) {
  EXPECT_EQ(seen("@f().a(size).b(['x', 'y']).c(2 * 3).d(size + 1)"),
            "f@1 .a(?,…) .b(?,…) .c(?) .d(?,…)");
}

TEST(TickScript, SkipsTextsCommentsAndRegularExpressions) {
  EXPECT_EQ(seen("// @no().x()\n@f().a('@no() // it\\'s').b('''it's @no()''') // @no()\n  .c(1)"),
            "f@2 .a(STRING) .b(STRING) .c(INT)");
  EXPECT_EQ(seen("|where(lambda: \"@no()\" =~ /@no\\/(')/ AND \"x\" / 2 > 1)@f().a(2)"),
            "f@1 .a(INT)");
  EXPECT_EQ(seen("|eval(lambda: \"a\" / \"b\" / 'c')@f()"), "f@1");
}

TEST(TickScript, EndsWithABrokenScript) {
  for (const auto* script : {"@", "@f", "@f(", "@f().", "@f().a(", "@f().a('", "@f().a(lambda: (",
                             "'", "/*", "@f().a(]"}) {
    used_functions(script);
  }
}

}  // namespace
}  // namespace kapacitor::udf::doctor
