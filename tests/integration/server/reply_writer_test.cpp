#include "server/reply_writer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace kapacitor::udf::server {
namespace {

class ReplyWriter : public testing::Test {
 protected:
  ~ReplyWriter() override {
    for (const int fd : ends_) ::close(fd);
  }
  static std::array<int, 2> connected() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    return ends;
  }
  /// What the peer can read now.
  std::string received() const {
    std::string all;
    std::array<char, 65536> buffer;
    for (ssize_t n = 0; (n = ::recv(ends_[1], buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
      all.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return all;
  }

  std::array<int, 2> ends_ = connected();
  const channel channel_ = channel::of_socket(ends_[0]);
  reply_writer out_{channel_};
};

TEST_F(ReplyWriter, BeatsWhileNothingElseIsWritten) {
  out_.watch();
  out_.send_heartbeat("BEAT");
  EXPECT_EQ(received(), "BEAT");
}

TEST_F(ReplyWriter, DoesNotBeatWhereAnAnswerWentOut) {
  out_.watch();
  EXPECT_EQ(out_.write("answer").written, 6U);
  out_.send_heartbeat("BEAT");
  EXPECT_EQ(received(), "answer");
}

TEST_F(ReplyWriter, DoesNotBeatInTheMiddleOfAFrame) {
  const std::string frame(std::size_t{4} << 20, 'x');
  const auto first = out_.write(frame);
  EXPECT_EQ(first.error, EAGAIN);
  ASSERT_LT(first.written, frame.size());
  auto all = received();  // there is room again
  out_.watch();
  out_.send_heartbeat("BEAT");
  for (auto at = first.written; at < frame.size();) {
    at += out_.write(std::string_view(frame).substr(at)).written;
    all += received();
  }
  EXPECT_EQ(all, frame);
  out_.watch();
  out_.send_heartbeat("BEAT");
  EXPECT_EQ(received(), "BEAT");
}

TEST_F(ReplyWriter, SaysWhenThePeerIsGone) {
  ::close(ends_[1]);
  ends_[1] = ::dup(0);
  EXPECT_EQ(out_.write("answer").error, EPIPE);
  out_.watch();
  out_.send_heartbeat("BEAT");  // harmless
}

}  // namespace
}  // namespace kapacitor::udf::server
