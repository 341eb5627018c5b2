#include "describe/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "described.hpp"

namespace kapacitor::udf::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string described() {
  return describe(make_function<every_option>("every", "shows them all"),
                  {"/run/u/every.sock", "/usr/bin/udfd", {"--stdio", "every"}});
}

TEST(Describe, ShowsEachOptionWithTypeDefaultAndWhatIsAllowed) {
  const auto text = described();
  EXPECT_THAT(text, HasSubstr("  .field(STRING)          required     field to use\n"));
  EXPECT_THAT(text,
              HasSubstr("  .size(INT)              required     window; must be at least 20\n"));
  EXPECT_THAT(text,
              HasSubstr("  .scale(DOUBLE)          default 1.0  factor; must be more than 0\n"));
  EXPECT_THAT(text, HasSubstr("  .period(DURATION)       default 5m   how long\n"));
  EXPECT_THAT(text, HasSubstr("  .limit(STRING, DOUBLE)  required     name and bound\n"));
  EXPECT_THAT(text,
              HasSubstr("  .also(STRING)           optional     more fields; may be repeated\n"));
  EXPECT_THAT(text, HasSubstr("  .top(DOUBLE)            optional     cut here\n"));
  EXPECT_THAT(text, HasSubstr("  .keep()                 flag         keep other fields\n"));
}

TEST(Describe, GivesATickscriptThatTheFunctionTakes) {
  const auto text = described();
  EXPECT_THAT(text, HasSubstr("      @every()\n"
                              "          .field('value')\n"
                              "          .size(100)\n"
                              "          .scale(1.0)\n"
                              "          .period(5m)\n"
                              "          .limit('value', 1.0)\n"
                              "          // .also('value')\n"
                              "          // .top(1.0)\n"
                              "          .mode('mean')\n"
                              "          // .keep()\n"
                              "      |log()\n"));
}

TEST(Describe, GivesTheStanzasForBothModes) {
  const auto text = described();
  EXPECT_THAT(
      text,
      HasSubstr(
          "  [udf.functions.every]\n    socket = \"/run/u/every.sock\"\n    timeout = \"10s\"\n"));
  EXPECT_THAT(text, HasSubstr("  [udf.functions.every]\n    prog = \"/usr/bin/udfd\"\n"
                              "    args = [\"--stdio\", \"every\"]\n    timeout = \"10s\"\n"));
}

TEST(Describe, PutsAWindowBeforeAFunctionThatWantsBatches) {
  const auto text = describe(make_function<batches>("b"), {});
  EXPECT_THAT(text, HasSubstr("takes a batch, gives a batch"));
  EXPECT_THAT(text, HasSubstr("|window()"));
  EXPECT_THAT(text, HasSubstr("Options: none"));
  EXPECT_THAT(described(), Not(HasSubstr("|window()")));
}

TEST(Describe, ShowsWhatTheFunctionSaysOfItselfAfterItsOptions) {
  const auto text = described();
  EXPECT_THAT(text, HasSubstr("keep other fields\n"
                              "\n"
                              "Output fields\n"
                              "  mode_max  double  the largest\n"
                              "  n         int     points | so far\n"
                              "\n"
                              "Computes\n"
                              "  Means over size points.\n"
                              "\n"
                              "  - one per point\n"
                              "  - and no more\n"
                              "\n"
                              "Late and equal times\n"
                              "  Late ones are dropped.\n"
                              "\n"
                              "Cost\n"
                              "  O(1)\n"
                              "\n"
                              "State of a group\n"
                              "  8 bytes\n"
                              "\n"
                              "Source\n"
                              "  Knuth\n"
                              "\n"
                              "TICKscript\n"));
}

TEST(Describe, HasNoHeadingWithoutText) {
  const auto text = describe(make_function<batches>("b"), {});
  for (const auto* heading : {"Output", "Computes", "times", "Cost", "State", "Source"}) {
    EXPECT_THAT(text, Not(HasSubstr(heading)));
  }
}

TEST(Describe, GivesOptionsThatGoTogether) {
  const auto text = describe(make_function<either>("e"), {});
  EXPECT_THAT(text, HasSubstr("      @e()\n"
                              "          .size(10)\n"
                              "          .period(0s)\n"));
}

TEST(List, HasALineForEachFunctionFamilyByFamily) {
  EXPECT_EQ(list({make_function<every_option>("every", "shows them all"),
                  make_function<batches>("b"), make_function<every_option>("more", "again")}),
            "shown\n"
            "  every  stream -> stream  shows them all\n"
            "  more   stream -> stream  again\n"
            "\n"
            "b      batch -> batch\n");
}

}  // namespace
}  // namespace kapacitor::udf::server
