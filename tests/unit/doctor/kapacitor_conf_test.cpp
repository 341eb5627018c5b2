#include "doctor/kapacitor_conf.hpp"

#include <gtest/gtest.h>

#include "base/text/error.hpp"

namespace kapacitor::udf::doctor {
namespace {

kapacitor_conf read(const std::string& text) {
  return read_kapacitor_conf(text, "k.conf");
}
std::string problem(const std::string& text) {
  try {
    read(text);
  } catch (const usage_error& e) {
    return e.what();
  }
  return "none";
}

TEST(KapacitorConf, HasTheFunctionsAndTheAddress) {
  const auto c = read(
      "hostname = \"x\"\n[http]\n  bind-address = \":9192\"\n  auth-enabled = true\n"
      "[[influxdb]]\n  name = \"a\"\n[udf]\n[udf.functions]\n  [udf.functions.two]\n"
      "    prog = \"/bin/two\"\n    args = [\"-a\", \"b\"]\n    timeout = \"1m30s\"\n"
      "    [udf.functions.two.env]\n      A = \"b\"\n"
      "[udf.functions.one]\n  socket = \"/run/one\"\n  timeout = \"10\"\n");
  EXPECT_EQ(c.url, "http://127.0.0.1:9192");
  EXPECT_TRUE(c.auth_enabled);
  ASSERT_EQ(c.functions.size(), 2U);
  const auto &one = c.functions[0], &two = c.functions[1];
  EXPECT_EQ(one.name, "one");
  EXPECT_EQ(one.where, "k.conf:15");
  EXPECT_EQ(one.socket, "/run/one");
  EXPECT_FALSE(one.time_out);
  EXPECT_EQ(two.args, (std::vector<std::string>{"-a", "b"}));
  EXPECT_TRUE(two.has_env);
  EXPECT_EQ(two.time_out, std::chrono::seconds(90));
}

TEST(KapacitorConf, HasAnAddressToConnectTo) {
  EXPECT_EQ(read("").url, "http://127.0.0.1:9092");
  EXPECT_EQ(read("[http]\nbind-address = \"0.0.0.0:1\"\nhttps-enabled = true\n").url,
            "https://127.0.0.1:1");
  EXPECT_EQ(read("[http]\nbind-address = \"10.1.2.3:7\"\n").url, "http://10.1.2.3:7");
  EXPECT_EQ(read("[http]\nbind-address = \"[::]:7\"\n").url, "http://127.0.0.1:7");
}

TEST(KapacitorConf, SaysWhereItIsNone) {
  EXPECT_EQ(problem("[udf.functions.x\n").substr(0, 9), "k.conf:1:");
  EXPECT_EQ(problem("[udf.functions.x]\nsocket = 5\n"),
            "k.conf:2:10: socket: must be a string, got a value of type integer");
  EXPECT_EQ(problem("[udf.functions.x]\nargs = \"a\"\n"),
            "k.conf:2:8: args: must be an array of strings, got a value of type string");
  EXPECT_EQ(problem("[udf.functions]\nx = 1\n"),
            "k.conf:2:5: udf.functions.x: must be a table, got a value of type integer");
}

}  // namespace
}  // namespace kapacitor::udf::doctor
