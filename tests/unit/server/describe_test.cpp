#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <kapacitor/udf.hpp>
#include <server/describe.hpp>

namespace kapacitor::udf::server {
namespace {

using testing::HasSubstr;
using testing::Not;

struct every_option {
  struct options {
    std::string field;
    std::int64_t size = 0;
    double scale = 1;
    std::chrono::nanoseconds period = std::chrono::minutes(5);
    std::tuple<std::string, double> limit;
    std::vector<std::string> also;
    std::optional<double> top;
    std::string mode = "mean";
    bool keep = false;

    static auto describe() {
      return schema<options>{}
          .required("field", &options::field, "field to use")
          .required("size", &options::size, "window", at_least(20))
          .optional("scale", &options::scale, "factor", more_than(0))
          .optional("period", &options::period, "how long")
          .required("limit", &options::limit, "name and bound")
          .optional("also", &options::also, "more fields")
          .optional("top", &options::top, "cut here")
          .required("mode", &options::mode, "which", one_of({"mean", "median"}))
          .flag("keep", &options::keep, "keep other fields");
    }
  };
  explicit every_option(const options&) {}
  void on_point(const point&, emitter&) {}
};
struct batches {
  void on_end(const batch_end&, emitter&) {}
};

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

TEST(List, HasALineForEachFunction) {
  EXPECT_EQ(
      list({make_function<every_option>("every", "shows them all"), make_function<batches>("b")}),
      "every  stream -> stream  shows them all\n"
      "b      batch -> batch\n");
}

}  // namespace
}  // namespace kapacitor::udf::server
