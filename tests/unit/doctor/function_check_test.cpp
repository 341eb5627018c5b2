#include "doctor/function_check.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "findings.hpp"
#include "server/server.hpp"
#include "support/temp_dir.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::doctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct smooth {
  struct options {
    std::int64_t size = 1;
    static auto describe() { return schema<options>{}.optional("size", &options::size, "points"); }
  };
  explicit smooth(const options&) {}
  void on_point(const point& p, emitter& out) { out.forward(p); }
};
struct plain {
  struct options {
    static auto describe() { return schema<options>{}; }
  };
  explicit plain(const options&) {}
  void on_point(const point& p, emitter& out) { out.forward(p); }
};

/// Listens and, whatever is said, answers nothing. Nothing is accepted until destruction.
class silent {
 public:
  explicit silent(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    ::chmod(path.c_str(), 0666);
  }
  ~silent() { ::close(fd_); }
  silent(const silent&) = delete;
  silent& operator=(const silent&) = delete;

 private:
  int fd_;
};

class FunctionCheck : public testing::Test {
 protected:
  FunctionCheck() { ::chmod(dir_.path().c_str(), 0755); }

  function_entry socket_entry(const std::string& name, const std::string& file) const {
    return {.name = name,
            .where = "k.conf:7",
            .socket = dir_ / file,
            .prog = {},
            .args = {},
            .timeout = "10s",
            .time_out = std::chrono::seconds(10)};
  }
  static function_entry program_entry(const std::string& prog) {
    return {.name = "smooth",
            .where = "k.conf:7",
            .socket = {},
            .prog = prog,
            .args = {"--stdio", "smooth"},
            .timeout = "10s",
            .time_out = std::chrono::seconds(10)};
  }
  void serve(const std::string& function, const std::string& file) {
    for (const auto& f : ready_made_) {
      if (f.name == function) server_.serve(f, dir_ / file);
    }
  }
  known_functions check(std::vector<function_entry> entries) {
    return function_check(ready_made_, user_, found_.to).check({std::move(entries), {}, false});
  }
  /// The only line that is found.
  std::string line(function_entry entry) {
    check({std::move(entry)});
    return found_.lines.size() == 1 ? found_.lines[0] : "not one line: " + found_.all();
  }

  test_support::temp_dir dir_;
  std::vector<function> ready_made_{make_function<smooth>("smooth"), make_function<plain>("plain")};
  std::optional<account> user_ = account{"kapacitor", 4242, {::getegid()}};
  findings found_;
  server::server server_{{}, {}};
};

TEST_F(FunctionCheck, IsSatisfiedWithAFunctionThatIsServed) {
  serve("smooth", "smooth.sock");
  server_.start();
  const auto known = check({socket_entry("smooth", "smooth.sock")});
  EXPECT_THAT(found_.lines,
              ElementsAre("ok       function smooth: " + dir_ / "smooth.sock" + " is served"));
  EXPECT_EQ(found_.to.code(), exit_code::success);
  EXPECT_TRUE(known.at("smooth").usable);
  EXPECT_EQ(known.at("smooth").info->options.at("size"), std::vector{value_type::integer});
}

TEST_F(FunctionCheck, NamesASocketThatIsNotThere) {
  EXPECT_EQ(line(socket_entry("smooth", "smooth.sock")),
            "error    function smooth: " + dir_ / "smooth.sock" +
                ": No such file or directory; start kapacitor-udfd --socket-dir " +
                dir_.path().string() + " before kapacitord, which waits for it up to 5 minutes");
  EXPECT_EQ(found_.to.code(), exit_code::failed);
}

TEST_F(FunctionCheck, SuggestsTheFunctionThatWasMeant) {
  EXPECT_THAT(line(socket_entry("smoth", "smoth.sock")),
              HasSubstr("kapacitor-udfd has no function smoth; did you mean smooth?"));
}

TEST_F(FunctionCheck, NamesWhatIsNoSocket) {
  test_support::write_file(dir_ / "file", "");
  EXPECT_EQ(
      line(socket_entry("smooth", "file")),
      "error    function smooth: " + dir_ / "file" + " is no socket; correct the path in k.conf:7");
}

TEST_F(FunctionCheck, NamesASocketThatNobodyServes) {
  { const silent gone(dir_ / "s"); }
  EXPECT_THAT(
      line(socket_entry("smooth", "s")),
      StartsWith("error    function smooth: nobody serves " + dir_ / "s" + ": cannot connect to"));
}

TEST_F(FunctionCheck, NamesASocketThatDoesNotAnswer) {
  const silent mute(dir_ / "s");
  EXPECT_THAT(line(socket_entry("smooth", "s")),
              HasSubstr("it takes the connection, but does not answer Info"));
}

TEST_F(FunctionCheck, NamesWhoMayNotOpenTheSocket) {
  user_ = account{"kapacitor", 4242, {4242}};
  serve("smooth", "smooth.sock");
  server_.start();
  const auto known = check({socket_entry("smooth", "smooth.sock")});
  ASSERT_EQ(found_.lines.size(), 2U) << found_.all();
  EXPECT_THAT(found_.lines[0], HasSubstr("user kapacitor may not write to"));
  EXPECT_THAT(found_.lines[0], HasSubstr("--socket-group"));
  EXPECT_FALSE(known.at("smooth").usable);
  EXPECT_TRUE(known.at("smooth").info);  // scripts can be checked nevertheless
}

TEST_F(FunctionCheck, NamesASocketOfAnotherFunction) {
  serve("plain", "s");
  server_.start();
  EXPECT_EQ(line(socket_entry("smooth", "s")),
            "error    function smooth: " + dir_ / "s" +
                " serves plain, not smooth; correct the path in k.conf:7");
}

TEST_F(FunctionCheck, WarnsOfAFunctionOfAnotherRelease) {
  serve("smooth", "s");
  server_.start();
  ready_made_[0].options.push_back({.name = "keep"});
  EXPECT_THAT(
      line(socket_entry("smooth", "s")),
      HasSubstr(
          "serves another function than the smooth of this kapacitor-udfd: it has no option keep"));
  EXPECT_EQ(found_.to.code(), exit_code::success);
}

TEST_F(FunctionCheck, TakesFunctionsOfOthers) {
  serve("plain", "s");
  server_.start();
  EXPECT_THAT(line(socket_entry("mine", "s")), HasSubstr("it is none of kapacitor-udfd's own"));
}

TEST_F(FunctionCheck, NamesTimeOutsThatAreNotSane) {
  serve("smooth", "s");
  server_.start();
  const auto with = [&](const std::string& text, std::optional<std::chrono::nanoseconds> t) {
    auto entry = socket_entry("smooth", "s");
    entry.timeout = text;
    entry.time_out = t;
    found_.lines.clear();
    check({entry});
    return found_.lines.at(0);
  };
  EXPECT_THAT(
      with("", std::nullopt),
      StartsWith(
          "error    function smooth: k.conf:7: it needs a timeout above 1ms, and there is none"));
  EXPECT_THAT(with("10", std::nullopt), HasSubstr("\"10\" is none"));
  EXPECT_THAT(with("1ms", std::chrono::milliseconds(1)), StartsWith("error"));
  EXPECT_THAT(with("1s", std::chrono::seconds(1)),
              AllOf(StartsWith("warning"), HasSubstr("Kapacitor asks every 500ms")));
  EXPECT_THAT(with("1h", std::chrono::hours(1)),
              AllOf(StartsWith("warning"), HasSubstr("is not noticed for so long")));
  EXPECT_THAT(with("2s", std::chrono::seconds(2)), StartsWith("ok"));
}

TEST_F(FunctionCheck, NamesEntriesThatKapacitordRefuses) {
  auto both = socket_entry("smooth", "s");
  both.prog = "/bin/true";
  EXPECT_THAT(line(both), HasSubstr("k.conf:7: it has socket and prog; write one of the two"));
  found_.lines.clear();
  auto none = both;
  none.prog = none.socket = "";
  EXPECT_THAT(line(none), HasSubstr("it has neither socket nor prog"));
  found_.lines.clear();
  auto with_args = socket_entry("smooth", "s");
  with_args.args = {"x"};
  EXPECT_THAT(line(with_args), HasSubstr("args and env are for prog"));
  found_.lines.clear();
  EXPECT_THAT(line(socket_entry("smooth", std::string(120, 'x'))), HasSubstr("at most 107 bytes"));
}

TEST_F(FunctionCheck, WarnsOfTwoEntriesWithOneSocket) {
  serve("smooth", "s");
  server_.start();
  check({socket_entry("smooth", "s"), socket_entry("also", "s")});
  EXPECT_THAT(found_.lines.back(),
              HasSubstr("function also: k.conf:7: it has the socket of smooth"));
}

TEST_F(FunctionCheck, LooksAtPrograms) {
  const auto path = dir_ / "prog";
  EXPECT_THAT(line(program_entry(path)), HasSubstr("there is no program " + path));
  found_.lines.clear();
  EXPECT_THAT(line(program_entry(dir_.path().string() + "/.")), HasSubstr("is no program"));
  found_.lines.clear();
  test_support::write_file(path, "");
  ::chmod(path.c_str(), 0644);
  EXPECT_THAT(line(program_entry(path)), HasSubstr("user kapacitor may not run " + path));
  found_.lines.clear();
  user_.reset();
  EXPECT_THAT(line(program_entry(path)),
              HasSubstr("has no permission to be run; chmod +x " + path));
  found_.lines.clear();
  ::chmod(path.c_str(), 0755);
  const auto known = check({program_entry(path)});
  EXPECT_THAT(found_.lines.at(0), StartsWith("ok"));
  EXPECT_TRUE(known.at("smooth").info->options.contains("size"));
  EXPECT_THAT(line(program_entry("no-such-program")), StartsWith("not one line"));
}

TEST_F(FunctionCheck, WarnsOfAFileWithoutFunctions) {
  check({});
  EXPECT_THAT(found_.all(), HasSubstr("it names no functions"));
}

}  // namespace
}  // namespace kapacitor::udf::doctor
