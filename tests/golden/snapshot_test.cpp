#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/engine_input.hpp"
#include "support/ready_made.hpp"
#include "support/streams.hpp"

// Snapshots of released versions, in tests/data/snapshots: every later version restores them and
// goes on as the version did that took them. snapshots.sh makes those that are missing.
namespace kapacitor::udf::snapshot_test {
namespace {

namespace fs = std::filesystem;

constexpr test::stream_shape shape{.groups = 3, .tags = 2, .fields = 2};
constexpr std::size_t before = 600, after = 200, batch_size = 20;

/// Where what was written with that version of the state is kept.
fs::path file_of(const test::setting& s, std::uint32_t version, const char* suffix) {
  return fs::path(KAPACITOR_UDF_TEST_DATA) / "snapshots" /
         (s.name() + ".v" + std::to_string(version) + suffix);
}

std::string bytes_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The part of the stream from `from` on, as points or batches.
std::string input(const function& f, std::size_t from, std::size_t n) {
  test::stream_source source(shape);
  wire::output_buffer out;
  if (f.wants == edge::stream) {
    for (std::size_t i = from; i < from + n; ++i) source.append_point(out, i);
  } else {
    for (std::size_t i = from / batch_size; i < (from + n) / batch_size; ++i) {
      source.append_batch(out, i, batch_size);
    }
  }
  return std::string(out.view());
}

/// Lines of names and numbers, equal but for the last digits: other processors add otherwise.
void expect_same(const std::string& expected, const std::string& got) {
  std::istringstream a(expected), b(got);
  std::string x, y;
  while (a >> x && b >> y) {
    if (x == y) continue;
    const auto at_x = x.find_last_of('=') + 1, at_y = y.find_last_of('=') + 1;
    ASSERT_EQ(x.substr(0, at_x), y.substr(0, at_y)) << expected;
    const double p = std::strtod(x.c_str() + at_x, nullptr),
                 q = std::strtod(y.c_str() + at_y, nullptr);
    ASSERT_NEAR(p, q, 1e-9 * (1 + std::abs(p))) << expected;
  }
  EXPECT_EQ(static_cast<bool>(a >> x), static_cast<bool>(b >> y)) << expected << '\n' << got;
}

bool makes_files() {
  return std::getenv("KAPACITOR_UDF_MAKE_SNAPSHOTS") != nullptr;
}

class GoldenSnapshot : public testing::TestWithParam<test::setting> {
 protected:
  GoldenSnapshot()
      : made(test::ready_made(GetParam().function)),
        subject(made, GetParam().options, sink, test::grouped_by_host()) {}

  /// All that is said of the part of the stream that follows the snapshot.
  std::vector<std::string> go_on() {
    test::feed(subject, input(made, before, after));
    subject.finish();
    return sink.said.lines();
  }
  void make_file() {
    test::feed(subject, input(made, 0, before));
    const auto saved = subject.save();
    std::ofstream(file_of(GetParam(), made.state_version, ".snapshot"), std::ios::binary) << saved;
    write_lines(file_of(GetParam(), made.state_version, ".txt"));
  }
  void write_lines(const fs::path& file) {
    const auto saved = subject.save();
    sink.said = {};
    std::ofstream lines(file);
    for (const auto& line : go_on()) lines << line << '\n';
    sink.said = {};
    subject = engine(made, GetParam().options, sink, test::grouped_by_host());
    subject.load(saved);
  }
  void expect_to_go_on_from(std::uint32_t version) {
    subject.load(bytes_in(file_of(GetParam(), version, ".snapshot")));
    const auto answers = file_of(GetParam(), version, ".txt");
    if (makes_files() && !fs::exists(answers)) write_lines(answers);
    std::ifstream lines(answers);
    std::vector<std::string> expected;
    for (std::string line; std::getline(lines, line);) expected.push_back(line);
    const auto got = go_on();
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) expect_same(expected[i], got[i]);
  }

  test::describing_sink sink;
  const function made;
  engine subject;
};

/// A snapshot that is read and written again is the same bytes: else the layout has changed, and
/// state_version has to be raised.
TEST_P(GoldenSnapshot, HasTheLayoutOfItsStateVersion) {
  const auto file = file_of(GetParam(), made.state_version, ".snapshot");
  if (makes_files() && !fs::exists(file)) make_file();
  ASSERT_TRUE(fs::exists(file)) << "state_version " << made.state_version << " of "
                                << GetParam().name()
                                << " has no snapshot in tests/data/snapshots: run "
                                   "tests/golden/snapshots.sh and commit what it makes";
  const auto bytes = bytes_in(file);
  try {
    engine again(made, GetParam().options, sink, test::grouped_by_host());
    again.load(bytes);
    EXPECT_TRUE(again.save() == bytes)
        << "the state of " << GetParam().function << " is laid out in another way than in " << file
        << ": raise its state_version, give it migrate(), and run "
        << "tests/golden/snapshots.sh";
  } catch (const state_error& e) {
    FAIL() << file << " cannot be restored: " << e.what()
           << ". If the state's layout has changed, raise state_version, write migrate(), and run "
              "tests/golden/snapshots.sh";
  }
}

TEST_P(GoldenSnapshot, IsGoneOnFromAsWhenItWasTaken) {
  for (auto version = made.state_version; version > 0; --version) {
    if (!fs::exists(file_of(GetParam(), version, ".snapshot"))) continue;
    SCOPED_TRACE("state version " + std::to_string(version));
    sink.said = {};
    subject = engine(made, GetParam().options, sink, test::grouped_by_host());
    expect_to_go_on_from(version);
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, GoldenSnapshot, testing::ValuesIn(test::ready_made_settings()),
                         [](const auto& one) { return one.param.name(); });

}  // namespace
}  // namespace kapacitor::udf::snapshot_test
