#include <string>

#include <gtest/gtest.h>

#include <kapacitor/udf/detail/same_text.hpp>

namespace kapacitor::udf::detail {
namespace {

TEST(SameText, IsWhatEqualsIs) {
  for (std::size_t n = 0; n < 70; ++n) {
    const std::string a(n, 'a');
    EXPECT_TRUE(same_text(a, std::string(n, 'a'))) << n;
    EXPECT_FALSE(same_text(a, a + "a")) << n;
    for (std::size_t i = 0; i < n; ++i) {
      auto b = a;
      b[i] = 'b';
      EXPECT_FALSE(same_text(a, b)) << n << " differs at " << i;
    }
  }
}

TEST(SameText, TakesTextsThatAreNotThere) {
  EXPECT_TRUE(same_text({}, ""));
  EXPECT_FALSE(same_text({}, "a"));
}

}  // namespace
}  // namespace kapacitor::udf::detail
