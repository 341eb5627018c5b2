#include "base/influxdb/url.hpp"

#include <gtest/gtest.h>

#include "base/influxdb/write_path.hpp"
#include "base/text/error.hpp"

namespace kapacitor {
namespace {

TEST(Address, IsTakenApart) {
  const auto a = parse_url("https://[::1]/prefix/", "--url");
  EXPECT_EQ(a.by, scheme::https);
  EXPECT_EQ(a.host, "::1");
  EXPECT_EQ(a.port, "443");
  EXPECT_EQ(a.prefix, "/prefix");
  EXPECT_EQ(a.text(), "https://[::1]:443/prefix");
  EXPECT_EQ(parse_url("http://[::1]:8087/a/b/", "--url").text(), "http://[::1]:8087/a/b");
  EXPECT_EQ(parse_url("http://h", "--url").port, "80");
  EXPECT_EQ(parse_udp_url("udp://h:8089", "--url").text(), "udp://h:8089");
}

TEST(Address, OfDatagramsNeedsAPortAndNoPath) {
  EXPECT_THROW(parse_udp_url("udp://h", "--url"), usage_error);
  EXPECT_THROW(parse_udp_url("udp://h:1/x", "--url"), usage_error);
  EXPECT_THROW(parse_udp_url("http://h:1", "--url"), usage_error);
}

TEST(Address, NeedsASchemeAHostAndAPortThatIsOne) {
  for (const auto* wrong :
       {"localhost", "ftp://a", "http://:1", "http://a:b", "http://a:99999", "http://a:0"}) {
    EXPECT_THROW(parse_url(wrong, "--x"), usage_error) << wrong;
  }
}

TEST(Address, HoldsNoUserAndDoesNotRepeatThePassword) {
  try {
    parse_url("http://us%20er:p%3Aw@[::1]:8087/a", "--x");
    ADD_FAILURE();
  } catch (const usage_error& e) {
    EXPECT_EQ(std::string(e.what()).find("p%3Aw"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("--password-file"), std::string::npos);
  }
}

TEST(Address, KnowsWhetherItIsThisMachine) {
  EXPECT_TRUE(parse_url("http://127.0.0.1", "").is_local());
  EXPECT_TRUE(parse_url("http://[::1]", "").is_local());
  EXPECT_TRUE(parse_url("http://localhost", "").is_local());
  EXPECT_FALSE(parse_url("http://10.0.0.1", "").is_local());
  EXPECT_FALSE(parse_url("http://influxdb", "").is_local());
}

TEST(Url, DecodesParameters) {
  EXPECT_EQ(parameter("db=a%20b&rp=c+d&x", "db"), "a b");
  EXPECT_EQ(parameter("db=a%20b&rp=c+d&x", "rp"), "c d");
  EXPECT_EQ(parameter("db=a", "rp"), "");
  EXPECT_EQ(parameter("db=%2", "db"), "%2");
  EXPECT_EQ(percent_decoded(percent_encoded("ü/&=? \n")), "ü/&=? \n");
}

TEST(WritePath, IsThatOfTheServersInterface) {
  write_destination to{protocol::influxdb, api_version::v1, "a b"};
  EXPECT_EQ(write_path(to), "/write?db=a%20b&precision=ns");
  to.retention_policy = "c&d";
  to.consistency = "any";
  EXPECT_EQ(write_path(to), "/write?db=a%20b&rp=c%26d&precision=ns&consistency=any");
  to.speaks = protocol::kapacitor;
  EXPECT_EQ(write_path(to), "/kapacitor/v1/write?db=a%20b&rp=c%26d&precision=ns");
  to = {protocol::influxdb, api_version::v2, "", "", "o o", "db/rp", "us"};
  EXPECT_EQ(write_path(to), "/api/v2/write?org=o%20o&bucket=db%2Frp&precision=us");
}

}  // namespace
}  // namespace kapacitor
