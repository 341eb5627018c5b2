#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_program.hpp"

namespace kapacitor::udf::host {
namespace {

using ::testing::HasSubstr;

struct usage_case {
  std::vector<std::string> words;
  std::string error;
};

// One line on stderr that names the flag, exit code 2.
void expect_refused(const usage_case& c) {
  host_program host(c.words, "m x=1 1\n");
  EXPECT_EQ(host.wait(), 2) << c.error;
  EXPECT_THAT(host.err(), HasSubstr(c.error));
}

TEST(HostCommandLine, IsRefusedWithTheReason) {
  const auto identity = function("identity");
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", "--exec", identity});
    return more;
  };
  const usage_case cases[] = {
      {{"run"}, "one of --socket PATH and --exec COMMAND is needed"},
      {{"fly"}, "\"fly\" is no command: write run, record, replay, check, bench"},
      {run({"--bogus"}), "--bogus"},
      {run({"--timeout", "5"}), "--timeout: \"5\" is no duration"},
      {run({"--timeout", "1ms"}), "--timeout: must be at least 2ms, got \"1ms\""},
      {run({"--opt", "=1"}), "--opt: \"=1\" has no name: write NAME=VALUE"},
      {run({"--input", "/no/such/file"}), "/no/such/file: No such file or directory"},
      {run({"--input", "/"}), "/: is a directory"},
      {run({"--output", "/no/such/folder/x"}),
       "--output /no/such/folder/x: there is no folder /no/such/folder: create it, or name another "
       "one"},
      {run({"--summary", "/no/such/folder/x"}),
       "--summary /no/such/folder/x: there is no folder /no/such/folder"},
      {run({"--snapshot", "/no/such/folder/x"}),
       "--snapshot /no/such/folder/x: there is no folder /no/such/folder"},
      {run({"--listen", "nowhere"}), "--listen: \"nowhere\" is no address to listen on"},
      {run({"--listen", "203.0.113.1:1"}), "--listen: cannot listen on 203.0.113.1:1: "},
      {run({"--influxdb", "http://127.0.0.1:1"}), "--influxdb: needs --listen"},
      {run({"--influxdb", "http://127.0.0.1:1", "--listen", ":0"}), "--influxdb: needs --db"},
      {run({"--out-influxdb", "http://127.0.0.1:1"}), "--out-influxdb: write URL/DATABASE"},
      {run({"--window", "5"}), "--window: \"5\" is no duration"},
      {run({"--window", "5s", "--window-count", "3"}), "exclude each other"},
      {run({"--window-count", "3", "--align"}), "can only align windows based off time, not count"},
      {run({"--precision", "zz"}), "--precision: \"zz\" is none of"},
      {run({"--log-level", "loud"}), "--log-level: \"loud\" is none of"},
      {run({"--window", "5s"}),
       "cannot add child mismatched edges: window2:batch -> kapacitor-udfd3:stream"},
      {run({"--opt", "x=1"}), "no method or property \\\"x\\\" on *pipeline.UDFNode"},
      {{"run", "--socket", "/no/such.sock", "--connect-timeout", "50ms"},
       "cannot connect to the socket /no/such.sock: No such file or directory"},
      {run({"--out-influxdb", "127.0.0.1:1/db"}),
       "--out-influxdb: \"127.0.0.1:1/db\" does not begin"},
      {run({"--out-influxdb", "http://me:secret@127.0.0.1:1/db"}),
       "--out-influxdb: a user does not belong into an address: use --user with --password-file"},
      {run({"--out-influxdb", "http://127.0.0.1:1/db", "--user", "me"}),
       "--user needs a password: --password-file, INFLUX_PASSWORD or "
       "LoadCredential=influx-password:FILE"},
      {run({"--out-influxdb", "http://127.0.0.1:1/db", "--out-user", "me"}),
       "--out-user needs a password: --out-password-file, INFLUX_OUT_PASSWORD or "
       "LoadCredential=influx-out-password:FILE"},
      {run({"--out-influxdb", "http://127.0.0.1:1/db", "--token-file", "/no/such/file"}),
       "--token-file: cannot read \"/no/such/file\": No such file or directory"},
      {run({"--out-influxdb", "http://127.0.0.1:1/db", "--tls-cert", "x"}),
       "--tls-cert and --tls-key need each other"},
      {run({"--out-influxdb", "http://127.0.0.1:1/db", "--gzip", "10"}),
       "--gzip: \"10\" is none of off, 1 to 9"},
      {run({"--out-influxdb", "http://127.0.0.1:1", "--api", "v2"}),
       "--api v2 needs --org and --bucket"},
      {run({"--out-influxdb", "http://127.0.0.1:1/db", "--bucket", "b"}),
       "--org and --bucket are for --api v2"},
      {{"replay"}, "FILE is missing"},
      {{"record", "/no/such/folder/x"},
       "/no/such/folder/x: there is no folder /no/such/folder: create it, or name another one"},
  };
  for (const auto& c : cases) expect_refused(c);
}

TEST(HostCommandLine, TellsAServerThatIsNotThereFromWrongUsage) {
  host_program host({"run", "--exec", function("identity"), "--out-influxdb",
                     "http://127.0.0.1:1/db", "--connect-timeout", "50ms"});
  EXPECT_EQ(host.wait(), 3);
  EXPECT_THAT(host.err(),
              HasSubstr("InfluxDB at http://127.0.0.1:1 does not answer: Connection refused"));
}

TEST(HostCommandLine, ExplainsItself) {
  for (const std::string command : {"run", "record", "replay"}) {
    host_program host({command, "--help"});
    EXPECT_EQ(host.wait(), 0);
    EXPECT_THAT(host.out(), HasSubstr("--summary"));
  }
}

}  // namespace
}  // namespace kapacitor::udf::host
