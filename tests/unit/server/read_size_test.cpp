#include "server/read_size.hpp"

#include <gtest/gtest.h>

namespace kapacitor::udf::server {
namespace {

using namespace std::chrono_literals;

TEST(ReadSize, GrowsWithAFastFunction) {
  adaptive_read_size a;
  EXPECT_LE(a.bytes(), 4096U);
  for (int i = 0; i < 20; ++i) a.learn(100us);
  EXPECT_GE(a.bytes(), 65536U);
  EXPECT_LE(a.bytes(), 1U << 20);
}

TEST(ReadSize, ShrinksToAboutOnePointWithASlowFunction) {
  adaptive_read_size a;
  for (int i = 0; i < 20; ++i) a.learn(100us);
  for (int i = 0; i < 20; ++i) a.learn(10s);
  EXPECT_LE(a.bytes(), 256U);
  EXPECT_GT(a.bytes(), 0U);
}

}  // namespace
}  // namespace kapacitor::udf::server
