#include "base/net/listen_address.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

TEST(ListenAddress, IsAnAddressAndAPort) {
  EXPECT_EQ(parse_listen_address(":0").host, "127.0.0.1");
  EXPECT_EQ(parse_listen_address("localhost:1").host, "127.0.0.1");
  EXPECT_EQ(parse_listen_address("0.0.0.0:9092").port, 9092);
  EXPECT_EQ(parse_listen_address("[::1]:80").host, "::1");
  EXPECT_EQ(parse_listen_address("[::1]:80").text(), "[::1]:80");
  EXPECT_EQ(parse_listen_address("127.0.0.1:9092").text(), "127.0.0.1:9092");
}

TEST(ListenAddress, IsNoNameAndHasAPort) {
  for (const auto* wrong : {"", "x", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "a:b", "x:70000",
                            "127.0.0.1:70000", "somewhere.example:80", "::1", "[::1]"}) {
    EXPECT_THROW(parse_listen_address(wrong), usage_error) << wrong;
  }
}

}  // namespace
}  // namespace kapacitor
