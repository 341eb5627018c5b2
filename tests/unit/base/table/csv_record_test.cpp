#include "base/table/csv_record.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kapacitor {
namespace {

using strings = std::vector<std::string>;

strings cells_of(std::string_view record, char separator = ',') {
  csv_record row;
  if (const auto wrong = row.split(record, separator); !wrong.empty()) return {"wrong"};
  strings all;
  for (std::size_t i = 0; i < row.size(); ++i) all.emplace_back(row[i]);
  return all;
}

TEST(CsvRecord, IsSplitAsRfc4180Says) {
  EXPECT_EQ(cells_of("a,b,c"), (strings{"a", "b", "c"}));
  EXPECT_EQ(cells_of(",b,"), (strings{"", "b", ""}));
  EXPECT_EQ(cells_of(R"("a,1","say ""hi""",c"d)"), (strings{"a,1", R"(say "hi")", R"(c"d)"}));
  EXPECT_EQ(cells_of("\"a\nb\",\"\""), (strings{"a\nb", ""}));
  EXPECT_EQ(cells_of(R"("""","""a""","b""""c")"), (strings{"\"", "\"a\"", "b\"\"c"}));
  EXPECT_EQ(cells_of(""), strings{""});
}

TEST(CsvRecord, IsSplitAtItsOwnSeparator) {
  EXPECT_EQ(cells_of("a,1;\"b;2\";c", ';'), (strings{"a,1", "b;2", "c"}));
  EXPECT_EQ(cells_of("a\t\tb", '\t'), (strings{"a", "", "b"}));
}

TEST(CsvRecord, SkipsBlanksAroundQuotesOnly) {
  EXPECT_EQ(cells_of(R"(a, "b, c" , d )"), (strings{"a", "b, c", " d "}));
}

TEST(CsvRecord, SaysWhatIsWrongAndWhere) {
  csv_record row;
  EXPECT_EQ(row.split("x,\"a\"b,c", ',').substr(0, 21), "after a closing quote");
  EXPECT_EQ(row.wrong_place(), 5U);
  EXPECT_EQ(row.split("x,\"a,b", ',').substr(0, 17), "a quote is opened");
  EXPECT_EQ(row.wrong_place(), 2U);
}

TEST(CsvRecord, KnowsWhereACellBeginsAndWhetherItIsQuoted) {
  csv_record row;
  row.split("ab,\"c\"\"d\", e", ',');
  EXPECT_EQ(row.at(1).place, 3U);
  EXPECT_TRUE(row.at(1).quoted);
  EXPECT_EQ(row.at(2).place, 10U);
  EXPECT_FALSE(row.at(2).quoted);
}

TEST(CsvRecord, EndsAtABreakOutsideQuotes) {
  const std::string_view text = "a,\"x\n\"\"y\",b\nc";
  EXPECT_EQ(end_of_record(text, 0, ','), text.size() - 2);
  EXPECT_EQ(end_of_record("a,c\"d\ne", 0, ','), 5U) << "a quote within a cell quotes nothing";
  EXPECT_EQ(end_of_record("a, \"d\ne\"\nx", 0, ','), 8U) << "blanks before a quote";
  EXPECT_EQ(end_of_record("a,b", 0, ','), 3U);
  EXPECT_EQ(end_of_record("a,\"b\nc\"", 0, ','), 7U) << "the last record needs no break";
  EXPECT_EQ(end_of_record("a,\"b\nc", 0, ','), std::string_view::npos);
}

}  // namespace
}  // namespace kapacitor
