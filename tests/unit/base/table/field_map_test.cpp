#include "base/table/field_map.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

TEST(FieldMap, AFieldIsAColumnWithTypeAndNameIfWanted) {
  EXPECT_EQ(parse_field("value"), (csv_field{"value", "value", column_type::automatic}));
  EXPECT_EQ(parse_field("value:int"), (csv_field{"value", "value", column_type::integer}));
  EXPECT_EQ(parse_field("value=usage"), (csv_field{"value", "usage", column_type::automatic}));
  EXPECT_EQ(parse_field("CPU %:float=usage"), (csv_field{"CPU %", "usage", column_type::floating}));
}

TEST(FieldMap, ABackslashTakesSpecialCharactersIntoTheColumn) {
  EXPECT_EQ(parse_field(R"(a\:b\=c\,d\\e:string)"),
            (csv_field{R"(a:b=c,d\e)", R"(a:b=c,d\e)", column_type::string}));
}

TEST(FieldMap, HasFieldsBetweenCommas) {
  EXPECT_EQ(parse_field_map("a:bool,b=c,d"),
            (std::vector<csv_field>{{"a", "a", column_type::boolean},
                                    {"b", "c", column_type::automatic},
                                    {"d", "d", column_type::automatic}}));
}

TEST(FieldMap, RefusesWhatIsNone) {
  for (const auto* text :
       {"", ",", "a,", "a:", "a:double", "a=", ":int", "=x", "a=#x", "a:int:int"}) {
    EXPECT_THROW(parse_field_map(text), usage_error) << text;
  }
  EXPECT_THROW(parse_field("a,b"), usage_error);
}

TEST(FieldMap, ATagIsAColumnWithANameIfWanted) {
  EXPECT_EQ(parse_tag("host"), (csv_tag{"host", "host"}));
  EXPECT_EQ(parse_tag("host=h"), (csv_tag{"host", "h"}));
  for (const auto* text : {"", "=h", "host=", "a,b"}) EXPECT_THROW(parse_tag(text), usage_error);
}

}  // namespace
}  // namespace kapacitor
