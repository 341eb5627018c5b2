#include "describe/markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "described.hpp"

namespace kapacitor::udf::server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string page_of_every_option() {
  return page(make_function<every_option>("every", "shows them all"),
              {"/run/u/every.sock", "/usr/bin/udfd", {"--stdio", "every"}});
}

TEST(Page, BeginsWithWhatTheFunctionComputes) {
  EXPECT_THAT(page_of_every_option(),
              StartsWith("# every\n\nShows them all. Takes a stream, gives a stream.\n\n"
                         "Means over `size` points.\n\n- one per point\n- and no more\n\n"
                         "## Options\n"));
}

TEST(Page, ShowsEachOptionAsTickscriptHasIt) {
  const auto text = page_of_every_option();
  for (const auto* line :
       {"| option | type | default | allowed | meaning |\n",
        "| `field` | string | **required** | | field to use |\n",
        "| `size` | int | **required** | at least 20 | window |\n",
        "| `scale` | double | `1.0` | more than 0 | factor |\n",
        "| `period` | duration | `5m` | | how long |\n",
        "| `limit` | string, double | **required** | | name and bound |\n",
        "| `also` | string; repeatable | | | more fields |\n",
        "| `top` | double | | | cut here |\n",
        "| `mode` | string | **required** | one of 'mean', 'median' | which &lt;one> |\n",
        "| `keep` | flag | | | keep other fields |\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Page, ShowsWhatTheFunctionSaysOfItself) {
  const auto text = page_of_every_option();
  EXPECT_THAT(text, HasSubstr("## Output fields\n\n| field | type | is |\n|---|---|---|\n"
                              "| `mode`_max | double | the largest |\n"
                              "| `n` | int | points \\| so far |\n\n"));
  EXPECT_THAT(text, HasSubstr("## Late and equal times\n\nLate ones are dropped.\n\n"
                              "## Cost\n\nO(1)\n\n"
                              "## State of a group\n\n8 bytes\n\n"
                              "## Source\n\n[Knuth](https://example.org)\n\n"
                              "## TICKscript\n"));
}

TEST(Page, EndsWithATickscriptAndTheStanzas) {
  const auto text = page_of_every_option();
  EXPECT_THAT(text, HasSubstr("    @every()\n        .field('value')\n        .size(100)\n"));
  EXPECT_THAT(text, HasSubstr("```toml\n[udf.functions.every]\n  socket = \"/run/u/every.sock\"\n"
                              "  timeout = \"10s\"\n```\n"));
  EXPECT_THAT(text, HasSubstr("  prog = \"/usr/bin/udfd\"\n  args = [\"--stdio\", \"every\"]\n"));
}

TEST(Page, HasNoHeadingWithoutText) {
  const auto text = page(make_function<batches>("b"), {});
  EXPECT_THAT(text, StartsWith("# b\n\nTakes a batch, gives a batch.\n\n## Options\n\nNone.\n\n"
                               "## TICKscript\n"));
  EXPECT_THAT(text, Not(HasSubstr("| field |")));
}

TEST(Index, HasATableForEachFamily) {
  EXPECT_EQ(index({make_function<every_option>("every", "all of them"),
                   make_function<either>("e", "either | or"), make_function<batches>("b")}),
            "| shown | edges | options | does |\n"
            "|---|---|---|---|\n"
            "| [`every`](every.md) | stream → stream | **`field`**, **`size`**, `scale` = `1.0`, "
            "`period` = `5m`, **`limit`**, `also`, `top`, **`mode`**, `keep` | all of them |\n"
            "\n"
            "| function | edges | options | does |\n"
            "|---|---|---|---|\n"
            "| [`e`](e.md) | stream → stream | `size` = `0`, `period` = `0s` | either \\| or |\n"
            "| [`b`](b.md) | batch → batch | – |  |\n");
}

}  // namespace
}  // namespace kapacitor::udf::server
