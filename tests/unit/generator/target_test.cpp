#include <gtest/gtest.h>

#include "base/influxdb/authorization.hpp"
#include "base/influxdb/url.hpp"
#include "base/text/error.hpp"
#include "sink/udp_target.hpp"

namespace kapacitor::generator {
namespace {

TEST(FirstLines, AreAsManyAsFit) {
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 100), "aa\nbb\ncc\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 9), "aa\nbb\ncc\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 8), "aa\nbb\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 6), "aa\nbb\n");
  EXPECT_EQ(first_lines("aa\nbb\ncc\n", 5), "aa\n");
}

TEST(FirstLines, AreOneAtLeast) {
  EXPECT_EQ(first_lines("long line\nb\n", 3), "long line\n");
  EXPECT_EQ(first_lines("a\n", 0), "a\n");
}

TEST(Address, IsTakenApart) {
  const auto a = parse_url("https://[::1]/prefix/", "--url");
  EXPECT_EQ(a.by, scheme::https);
  EXPECT_EQ(a.host, "::1");
  EXPECT_EQ(a.port, "443");
  EXPECT_EQ(a.prefix, "/prefix");
  EXPECT_EQ(a.text(), "https://[::1]:443/prefix");
  EXPECT_EQ(parse_url("http://h", "--url").port, "80");
  EXPECT_EQ(parse_udp_url("udp://h:8089", "--url").text(), "udp://h:8089");
}

TEST(Address, OfDatagramsNeedsAPortAndNoPath) {
  EXPECT_THROW(parse_udp_url("udp://h", "--url"), usage_error);
  EXPECT_THROW(parse_udp_url("udp://h:1/x", "--url"), usage_error);
  EXPECT_THROW(parse_udp_url("http://h:1", "--url"), usage_error);
}

TEST(Authorization, IsThatOfRfc7617) {
  EXPECT_EQ(basic_authorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace
}  // namespace kapacitor::generator
