#include "functions/documentation.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kapacitor::udf::functions {
namespace {

using testing::HasSubstr;

TEST(Documentation, IsTakenApartByItsHeadings) {
  const auto d = read_documentation(
      "# name\n\nWhat it computes.\n\n    a formula\n\n## Output fields\n\n| field | type | is |\n"
      "|---|---|---|\n| `as` | double | the \\|x\\| |\n| `as`_n | int | how many |\n\n## "
      "Example\n\n"
      "    @name()\n\n## Late and equal times\n\nNone.\n\n## Cost\n\nO(1)\n\n"
      "## State of a group\n\nNo state.\n\n## Source\n\nA book\n");
  EXPECT_EQ(d.computes, "What it computes.\n\n    a formula");
  ASSERT_EQ(d.outputs.size(), 2u);
  EXPECT_EQ(d.outputs[0].name, "`as`");
  EXPECT_EQ(d.outputs[0].help, "the \\|x\\|");
  EXPECT_EQ(d.outputs[1].name, "`as`_n");
  EXPECT_EQ(d.outputs[1].type, "int");
  EXPECT_EQ(d.example, "    @name()");
  EXPECT_EQ(d.times, "None.");
  EXPECT_EQ(d.cost, "O(1)");
  EXPECT_EQ(d.state, "No state.");
  EXPECT_EQ(d.source, "A book");
}

TEST(Documentation, MayLackSections) {
  const auto d = read_documentation("Text only");
  EXPECT_EQ(d.computes, "Text only");
  EXPECT_TRUE(d.outputs.empty());
  EXPECT_TRUE(d.source.empty());
}

std::string refusal(std::string_view markdown) {
  try {
    read_documentation(markdown);
  } catch (const std::invalid_argument& problem) {
    return problem.what();
  }
  return "";
}

TEST(Documentation, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(refusal("x\n\n## Costs\n\nO(1)\n"), HasSubstr("'Costs'"));
  EXPECT_THAT(refusal("x\n\n## Output fields\n\n| a | b |\n|---|---|\n| c | d |\n"),
              HasSubstr("name, type and meaning"));
  try {
    documentation_of("no_such_function");
    FAIL() << "a function without documentation has one";
  } catch (const std::invalid_argument& problem) {
    EXPECT_THAT(problem.what(), HasSubstr("'no_such_function'"));
  }
}

}  // namespace
}  // namespace kapacitor::udf::functions
