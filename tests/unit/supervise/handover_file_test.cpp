#include "supervise/handover_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What one program hands to the next.
namespace kapacitor::udf::supervise {
namespace {

using testing::HasSubstr;

saved_supervisor sample() {
  saved_worker own{.pid = 123, .control = 9};
  own.waiting = {{7, 22}};
  const saved_worker agent{.pid = 124, .err = 11, .said = "half a li", .label = "task=t"};
  saved_post post{.name = "f", .path = "/run/f.sock", .info = "i", .socket = {4, 5, 6, 7}};
  post.last_id = 17;
  post.shared = own;
  post.alone = {{3, agent}};
  post.leaving = {agent, own};
  post.relays = {{.id = 3, .kapacitor = 12, .worker = 13, .kapacitor_ended = true},
                 {.id = 4, .kapacitor = 14}};
  post.relays[1].leave_at.emplace(std::chrono::seconds(9));
  return {std::chrono::steady_clock::time_point(std::chrono::seconds(5)), {post, {"g", "", ""}}};
}

std::string bytes_of(const owned_fd& file) {
  std::string bytes(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(file.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  return bytes;
}
owned_fd file_with(const std::string& bytes) {
  owned_fd file(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return file;
}
owned_fd written() {
  handover_out out(sample());
  out.add(std::string(100'000, 'c'));
  out.add("");
  return out.finish();
}
std::string problem_with(const std::string& bytes) {
  try {
    handover_in in(file_with(bytes));
  } catch (const state_error& problem) {
    return problem.what();
  }
  return "none";
}

TEST(HandoverFile, GivesBackWhatWasWritten) {
  handover_in in(written());
  std::string before, after;
  auto expected = sample(), head = in.head();
  state_writer(before).write(expected);
  state_writer(after).write(head);
  EXPECT_EQ(before, after);
  EXPECT_EQ(in.next(), std::string(100'000, 'c'));
  EXPECT_EQ(in.next(), "");
  EXPECT_THROW(in.next(), state_error);
  in.close();
}

TEST(HandoverFile, NamesEveryDescriptor) {
  EXPECT_THAT(descriptors_of(sample()),
              testing::UnorderedElementsAre(4, 5, 9, 22, 11, 11, 9, 22, 12, 13, 14));
}

TEST(HandoverFile, RefusesAnotherVersionAndSaysWhich) {
  auto bytes = bytes_of(written());
  bytes[4] = 77;
  EXPECT_THAT(problem_with(bytes),
              HasSubstr("the state is of version 77.3, this program reads 3.3"));
}

TEST(HandoverFile, RefusesWhatIsDamagedOrCutOff) {
  handover_out out(sample());
  out.add("conversation");
  const auto bytes = bytes_of(out.finish());
  ASSERT_EQ(problem_with(bytes), "none");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_NE(problem_with(bytes.substr(0, i)), "none") << i;
    auto bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_NE(problem_with(bad), "none") << i;
  }
}

TEST(HandoverFile, RaisesItsVersionIfTheHeadIsSavedInAnotherWay) {
  std::string bytes;
  auto head = sample();
  state_writer(bytes).write(head);
  const std::pair version_and_size{saved_version, bytes.size()};
  EXPECT_EQ(version_and_size, (std::pair{3u, std::size_t{313}}))
      << "one program takes over from another only if their versions are the same";
}

}  // namespace
}  // namespace kapacitor::udf::supervise
