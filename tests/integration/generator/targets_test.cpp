#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "generator_run.hpp"
#include "support/scripted_server.hpp"

namespace generator_test {
namespace {

using test_support::scripted_server;

using request = scripted_server::request;
using testing::HasSubstr;

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string unzipped(const std::string& text) {
  std::string out(1'000'000, '\0');
  z_stream s{};
  inflateInit2(&s, 15 + 16);
  std::string in = text;
  s.next_in = reinterpret_cast<Bytef*>(in.data());
  s.avail_in = static_cast<uInt>(in.size());
  s.next_out = reinterpret_cast<Bytef*>(out.data());
  s.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&s, Z_FINISH);
  out.resize(result == Z_STREAM_END ? out.size() - s.avail_out : 0);
  inflateEnd(&s);
  return out;
}

/// Takes every write and keeps its lines.
class sink {
 public:
  explicit sink(std::string answer = scripted_server::no_content()) : answer_(std::move(answer)) {}

  std::string url() const { return server_.url(); }
  std::string lines() const {
    std::string all;
    for (const auto& r : server_.requests()) {
      if (r.target.find("/write") != std::string::npos) all += r.body;
    }
    return all;
  }
  std::vector<request> requests() const { return server_.requests(); }

 private:
  std::string answer_;
  scripted_server server_{[this](const request& r) {
    if (r.target.find("/write") != std::string::npos) return answer_;
    return r.target.find("ping") != std::string::npos ? scripted_server::no_content()
                                                      : scripted_server::query_done();
  }};
};

const std::vector<std::string> some_points{
    "--points", "2000",    "--interval",           "1ms",         "--speed",
    "max",      "--start", "2024-01-01T00:00:00Z", "--subscribe", "off"};

std::vector<std::string> with(std::vector<std::string> flags) {
  flags.insert(flags.end(), some_points.begin(), some_points.end());
  return flags;
}

std::string expected() {
  generator_run run(with({"--target", "stdout"}));
  EXPECT_EQ(run.exit_code(), 0);
  return run.out();
}

TEST(Targets, BothGetTheSameLinesAndHaveAccountsOfTheirOwn) {
  const sink influxdb, kapacitor;
  generator_run run(
      with({"--target", "both", "--url", influxdb.url(), "--kapacitor-url", kapacitor.url()}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  EXPECT_EQ(influxdb.lines(), expected());
  EXPECT_EQ(kapacitor.lines(), influxdb.lines());
  EXPECT_THAT(kapacitor.requests().back().target,
              HasSubstr("/kapacitor/v1/write?db=demo&rp=autogen"));
  const auto accounts = run.report()["accounts"];
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0]["target"], "InfluxDB at " + influxdb.url());
  EXPECT_EQ(accounts[1]["target"], "Kapacitor at " + kapacitor.url());
  for (const auto& a : accounts) EXPECT_EQ(a["accepted"], 2000);
}

TEST(Targets, TheWorseOfBothDecidesTheExitCode) {
  const sink influxdb,
      kapacitor(scripted_server::status("400 Bad Request", R"({"error":"unable to parse"})"));
  generator_run run(
      with({"--target", "both", "--url", influxdb.url(), "--kapacitor-url", kapacitor.url()}));
  EXPECT_EQ(run.exit_code(), 1);
  const auto accounts = run.report()["accounts"];
  EXPECT_EQ(accounts[0]["accepted"], 2000);
  EXPECT_EQ(accounts[1]["rejected"], 2000);
  EXPECT_EQ(accounts[1]["accepted"], 0);
}

TEST(Targets, AFileHasWhatStdoutWouldHave) {
  const test_support::temp_dir folder;
  generator_run run(with({"--target", "file", "--output", folder / "lines"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(test_support::read_file(folder / "lines"), expected());
  generator_run nowhere(with({"--target", "file", "--output", "/does/not/exist"}));
  EXPECT_EQ(nowhere.exit_code(), 2);
  EXPECT_TRUE(nowhere.said("--output: cannot write /does/not/exist"));
}

TEST(Targets, NullOnlyCounts) {
  generator_run run(with({"--target", "null"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(run.number("accepted"), 2000);
  EXPECT_EQ(run.out(), "");
}

TEST(Targets, DatagramsHoldWholeLinesAndNoMoreThanThePayload) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(fd, generic, size), 0);
  ASSERT_EQ(::getsockname(fd, generic, &size), 0);
  const auto url = "udp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  // As many as the smallest receive buffer holds.
  generator_run run({"--target", "udp", "--url", url, "--points", "100", "--udp-payload", "500",
                     "--start", "2024-01-01T00:00:00Z", "--speed", "max"});
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  std::string all;
  char datagram[65536];
  for (ssize_t n; (n = ::recv(fd, datagram, sizeof datagram, MSG_DONTWAIT)) > 0;) {
    EXPECT_LE(n, 500);
    EXPECT_EQ(datagram[n - 1], '\n');
    all.append(datagram, static_cast<std::size_t>(n));
  }
  ::close(fd);
  generator_run dry({"--dry-run", "--points", "100", "--start", "2024-01-01T00:00:00Z"});
  EXPECT_EQ(dry.exit_code(), 0);
  EXPECT_EQ(all, dry.out());
  EXPECT_EQ(run.number("accepted"), 100);
  EXPECT_TRUE(run.said("accepted means handed to the kernel"));
}

TEST(Targets, GzipSendsTheSameLinesInFewerBytes) {
  const sink influxdb;
  generator_run run(with({"--url", influxdb.url(), "--gzip", "1"}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  std::string all;
  for (const auto& r : influxdb.requests()) {
    if (r.target.find("/write") != std::string::npos) all += unzipped(r.body);
  }
  EXPECT_EQ(all, expected());
  EXPECT_EQ(run.number("bytes"), static_cast<std::int64_t>(all.size()));
  EXPECT_LT(run.number("wire_bytes"), run.number("bytes") / 3);
}

TEST(Targets, InfluxdbVersion2IsWrittenToItsBucket) {
  const sink influxdb;
  const test_support::temp_dir folder;
  test_support::write_file(folder / "token", "abc==\n");
  generator_run run(with({"--url", influxdb.url(), "--api", "v2", "--org", "my org", "--bucket",
                          "b", "--precision", "us", "--token-file", folder / "token"}));
  EXPECT_EQ(run.exit_code(), 0) << run.err();
  const auto requests = influxdb.requests();
  EXPECT_EQ(requests.front().target, "GET /ping");
  EXPECT_EQ(requests[1].target, "POST /api/v2/write?org=my%20org&bucket=b&precision=us");
  EXPECT_THAT(requests[1].head, HasSubstr("Authorization: Token abc=="));
}

TEST(Targets, TimesAndParametersFollowThePrecision) {
  const sink influxdb;
  generator_run run({"--url", influxdb.url(), "--points", "40", "--precision", "ms",
                     "--consistency", "quorum", "--start", "2024-01-01T00:00:00Z", "--speed", "max",
                     "--subscribe", "off"});
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_THAT(influxdb.requests().back().target, HasSubstr("precision=ms&consistency=quorum"));
  EXPECT_THAT(influxdb.lines(), HasSubstr(" 1704067200000\n"));
  EXPECT_THAT(influxdb.lines(), HasSubstr(" 1704067201000\n"));
}

TEST(Targets, ALimitOnBytesMakesSmallerRequests) {
  const sink influxdb;
  generator_run run(with({"--url", influxdb.url(), "--max-batch-bytes", "4KiB"}));
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(influxdb.lines(), expected());
  for (const auto& r : influxdb.requests()) EXPECT_LE(r.body.size(), 4096U);
}

TEST(Lanes, TheSetOfLinesDoesNotDependOnThem) {
  const auto reference = sorted_lines(expected());
  for (const auto* lanes : {"2", "3", "7", "20"}) {
    for (const auto* threads : {"1", "3"}) {
      generator_run run(
          with({"--dry-run", "--connections", lanes, "--threads", threads, "--batch", "13"}));
      EXPECT_EQ(run.exit_code(), 0);
      EXPECT_EQ(sorted_lines(run.out()), reference) << lanes << " lanes, " << threads << " threads";
      EXPECT_EQ(run.number("accepted"), 2000);
    }
  }
}

TEST(Lanes, AreNoMoreThanThereAreSeries) {
  generator_run run({"--dry-run", "--scenario", "pulse", "--points", "10", "--connections", "4",
                     "--threads", "4"});
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_TRUE(run.said("fewer --connections asked=4 used=1 reason=\"there are no more series\""));
  EXPECT_EQ(run.number("accepted"), 10);
  EXPECT_EQ(run.number("connections"), 1);
}

TEST(Lanes, FewerPointsThanLanesAreStillAllMade) {
  generator_run run({"--dry-run", "--points", "3", "--connections", "20", "--threads", "2"});
  EXPECT_EQ(run.exit_code(), 0);
  EXPECT_EQ(run.number("accepted"), 3);
}

}  // namespace
}  // namespace generator_test
