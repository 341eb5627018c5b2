#include <algorithm>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "both_programs.hpp"
#include "support/scripted_server.hpp"

namespace influxdb_test {
namespace {

using kapacitor::udf::host::some_lines;
using test_support::scripted_server;
using testing::HasSubstr;

std::int64_t lines_in(const std::string& body) {
  return std::count(body.begin(), body.end(), '\n');
}

/// How a server answers a write: its number, from 0, and its lines.
struct reply {
  std::string text;     // empty: the connection is cut
  bool stores = false;  // the points
};
using server_script = std::function<reply(int, std::int64_t)>;

struct verdict_case {
  const char* name;
  server_script answer;
  account expected;
  const char* says = "";
  bool impatient = false;

  friend std::ostream& operator<<(std::ostream& to, const verdict_case& c) { return to << c.name; }
};

const reply good{scripted_server::no_content(), true};

/// The first write is answered so, the others well.
server_script first(const std::string& status, const std::string& body,
                    const std::string& headers = "") {
  return [=](int n, std::int64_t) {
    return n == 0 ? reply{scripted_server::status(status, body, headers)} : good;
  };
}
server_script always(const std::string& status, const std::string& body) {
  return [=](int, std::int64_t) { return reply{scripted_server::status(status, body)}; };
}

const verdict_case cases[] = {
    {"Accepted", [](int, std::int64_t) { return good; }, {0, points, 0, 0}},
    {"RequestTimeout408", first("408 Request Timeout", "too slow"), {0, points, 0, 0}, "408"},
    {"TooLarge413",
     [](int, std::int64_t lines) {
       if (lines <= 12) return good;
       return reply{
           scripted_server::status("413 Request Entity Too Large", "", "Connection: close\r\n")};
     },
     {0, points, 0, 0},
     "requests too large, sending fewer points"},
    {"APointThatIsTooLarge413", always("413 Request Entity Too Large", ""), {1, 0, points, 0}},
    {"Throttled429",
     first("429 Too Many Requests", "slow down", "Retry-After: 1\r\n"),
     {0, points, 0, 0},
     "status=429 error=\"slow down\""},
    {"Unavailable503", first("503 Service Unavailable", "queue full"), {0, points, 0, 0}, "503"},
    {"AlwaysUnavailable503",
     always("503 Service Unavailable", "queue full"),
     {3, 0, 0, points},
     "has not taken our points for too long",
     true},
    {"ServerError500",
     first("500 Internal Server Error", R"({"error":"timeout"})"),
     {0, points, 0, 0},
     "status=500 error=timeout"},
    {"NoRetentionPolicy500",
     always("500 Internal Server Error", R"({"error":"retention policy not found: zz"})"),
     {4, 0, 0, points},
     "retention policy not found: zz"},
    {"Unauthorized401",
     always("401 Unauthorized", R"({"error":"authorization failed"})"),
     {4, 0, 0, points},
     "refuses our points: 401 authorization failed"},
    {"Forbidden403",
     always("403 Forbidden", R"({"error":"\"me\" user is not authorized to write"})"),
     {4, 0, 0, points},
     "refuses our points: 403 \"me\" user is not authorized to write"},
    {"UnauthorizedInTheMiddle401",
     [](int n, std::int64_t) {
       return n == 0 ? good
                     : reply{scripted_server::status("401 Unauthorized",
                                                     R"({"error":"authorization failed"})")};
     },
     {4, points / 2, 0, points / 2},
     "refuses our points: 401"},
    {"PartialWrite400",
     first("400 Bad Request",
           R"({"error":"partial write: field type conflict: input field \"x\" dropped=7"})"),
     {1, points - 7, 7, 0},
     "rejected=7 points=50"},
    {"UnparsableLines400",
     first(
         "400 Bad Request",
         R"({"error":"partial write: unable to parse 'a': x\nunable to parse 'b': y dropped=0"})"),
     {1, points - 2, 2, 0},
     "rejected=2 points=50"},
    {"UnparsableRequest400",
     first("400 Bad Request", R"({"error":"unable to parse 'm x=': missing field value"})"),
     {1, points / 2, points / 2, 0},
     "rejected=50 points=50"},
    {"NoDatabase404",
     first("404 Not Found", R"({"error":"database not found: \"out\""})"),
     {0, points, 0, 0},
     "creating it again"},
    {"NoInfluxdb404",
     always("404 Not Found", "404 page not found\n"),
     {4, 0, 0, points},
     "404 page not found"},
    {"CutBeforeTheAnswer",
     [](int n, std::int64_t) {
       return n == 0 ? reply{"", false} : good;
     },
     {0, points, 0, 0},
     "connection closed"},
    {"CutAfterItWasStored",
     [](int n, std::int64_t) {
       return n == 0 ? reply{"", true} : good;
     },
     {0, points, 0, 0},
     "connection closed"},
    {"AlwaysCut",
     [](int, std::int64_t) {
       return reply{"", false};
     },
     {3, 0, 0, points},
     "connection closed",
     true},
};

/// The lines that a server has stored, each once, as InfluxDB would.
class storing_server {
 public:
  explicit storing_server(server_script answer)
      : server_([this, answer = std::move(answer)](const scripted_server::request& r) {
          if (r.target.find("/query") != std::string::npos) return scripted_server::query_done();
          if (r.target.find("/write") == std::string::npos) return scripted_server::no_content();
          const auto says = answer(writes_++, lines_in(r.body));
          if (says.stores) store(r.body);
          return says.text;
        }) {}

  std::string url() const { return server_.url(); }
  /// It stores nothing any more after this.
  const std::set<std::string>& lines() {
    server_.stop();
    return lines_;
  }
  std::vector<scripted_server::request> writes() const {
    auto all = server_.requests();
    std::erase_if(all, [](const auto& r) { return r.target.find("/write") == std::string::npos; });
    return all;
  }

 private:
  void store(const std::string& body) {
    std::istringstream text(body);
    for (std::string line; std::getline(text, line);) lines_.insert(line);
  }

  int writes_ = 0;
  std::set<std::string> lines_;
  scripted_server server_;
};

class Verdict : public testing::TestWithParam<verdict_case> {};

TEST_P(Verdict, IsThatOfBothProgramsAndEveryPointIsCounted) {
  const auto& c = GetParam();
  for (const auto& p : both) {
    storing_server server(c.answer);
    const auto r = p.send({server.url(), "out", {}, c.impatient}, some_lines(points));
    EXPECT_EQ(r.counted, c.expected) << p.name << ":\n" << r.said;
    EXPECT_EQ(r.counted.accepted + r.counted.rejected + r.counted.lost, points) << p.name;
    EXPECT_THAT(r.said, HasSubstr(c.says)) << p.name;
    if (c.expected.accepted == points) {
      EXPECT_EQ(server.lines().size(), points) << p.name << " stored";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Influxdb, Verdict, testing::ValuesIn(cases),
                         [](const auto& c) { return std::string(c.param.name); });

/// As InfluxDB tells it: whole in the body, and the first 1024 bytes in a header.
std::string forty_unparsable_lines() {
  std::string message = "partial write: ";
  for (int i = 0; i < 40; ++i) {
    message += "unable to parse 'm,host=h" + std::to_string(i) + " x=1': time outside range ";
  }
  return scripted_server::status("400 Bad Request", "{\"error\":\"" + message + "dropped=0\"}",
                                 "X-Influxdb-Error: " + message.substr(0, 1024) + "\r\n");
}

TEST(PartialWrite, IsCountedExactlyThoughItsMessageIsLong) {
  for (const auto& p : both) {
    storing_server server(
        [](int n, std::int64_t) { return n == 0 ? reply{forty_unparsable_lines()} : good; });
    const auto r = p.send({server.url()}, some_lines(points));
    EXPECT_EQ(r.counted, (account{1, points - 40, 40, 0})) << p.name << ":\n" << r.said;
  }
}

TEST(RetryAfter, IsWaitedForByBothPrograms) {
  for (const auto& p : both) {
    storing_server server(first("503 Service Unavailable", "", "Retry-After: 1\r\n"));
    p.send({server.url()}, some_lines(points));
    const auto writes = server.writes();
    ASSERT_GE(writes.size(), 2U) << p.name;
    EXPECT_EQ(writes[0].body, writes[1].body) << p.name;
    EXPECT_GE(writes[1].at - writes[0].at, std::chrono::seconds(1)) << p.name;
  }
}

TEST(Requests, NameTheSameDatabaseTokenAndBucketInBothPrograms) {
  const test_support::temp_dir folder;
  test_support::write_file(folder / "token", "abc==\n");
  const std::vector<std::string> v2{"--api",    "v2", "--org",        "my org",
                                    "--bucket", "b",  "--token-file", folder / "token"};
  for (const auto& p : both) {
    storing_server server([](int, std::int64_t) { return good; });
    EXPECT_EQ(p.send({server.url(), "a b", {}}, some_lines(points)).counted.accepted, points);
    EXPECT_THAT(server.writes().back().target, HasSubstr("/write?db=a%20b")) << p.name;
    EXPECT_THAT(server.writes().back().target, HasSubstr("&precision=ns")) << p.name;
    EXPECT_EQ(p.send({server.url(), "", v2}, some_lines(points)).counted.accepted, points);
    EXPECT_EQ(server.writes().back().target,
              "POST /api/v2/write?org=my%20org&bucket=b&precision=ns")
        << p.name;
    EXPECT_THAT(server.writes().back().head, HasSubstr("Authorization: Token abc==")) << p.name;
  }
}

}  // namespace
}  // namespace influxdb_test
