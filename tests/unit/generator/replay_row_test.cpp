#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "replay/csv_row.hpp"

namespace kapacitor::generator {
namespace {

std::vector<std::string> cells(std::string_view record) {
  csv_row row;
  if (const auto wrong = row.split(record); !wrong.empty()) return {"wrong", std::string(wrong)};
  std::vector<std::string> all;
  for (std::size_t i = 0; i < row.size(); ++i) all.emplace_back(row[i]);
  return all;
}

TEST(ReplayRow, IsSplitAsRfc4180Says) {
  using strings = std::vector<std::string>;
  EXPECT_EQ(cells("a,b,c"), (strings{"a", "b", "c"}));
  EXPECT_EQ(cells(",b,"), (strings{"", "b", ""}));
  EXPECT_EQ(cells(R"("a,1","say ""hi""",c"d)"), (strings{"a,1", R"(say "hi")", R"(c"d)"}));
  EXPECT_EQ(cells("\"a\nb\",\"\""), (strings{"a\nb", ""}));
  EXPECT_EQ(cells("\"a\"b,c")[0], "wrong");
  EXPECT_EQ(cells("\"a,b")[0], "wrong");
}

TEST(ReplayRow, EndsAtABreakOutsideQuotes) {
  const std::string_view text = "a,\"x\n\"\"y\",b\nc";
  EXPECT_EQ(end_of_record(text, 0), text.size() - 2);
  EXPECT_EQ(end_of_record("a,c\"d\ne", 0), 5U) << "a quote within a cell quotes nothing";
  EXPECT_EQ(end_of_record("a,b", 0), std::string_view::npos);
}

}  // namespace
}  // namespace kapacitor::generator
