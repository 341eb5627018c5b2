#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <system_error>

#include "bench/workload.hpp"
#include "support/process_memory.hpp"
#include "support/ready_made.hpp"

// Whether functions bear many groups: million_groups [GROUPS [FUNCTION...]] feeds each function (or
// those named) three points of each of GROUPS groups (1,000,000 if not given), and compares its
// answers to a fourth with those of a function that has seen a hundred of those groups only. Exit
// code: 1 if they differ, 2 for an unknown function or too few groups.
namespace kapacitor::udf::bench {
namespace {

constexpr std::size_t rounds = 3, block = 10'000, asked = 100;

/// Points number `from` to `to` of a stream whose groups take turns.
std::string points_of(test::stream_source& source, std::size_t from, std::size_t to) {
  wire::output_buffer out;
  for (std::size_t i = from; i < to; ++i) source.append_point(out, i);
  return std::string(out.view());
}

bool measure(const test::setting& s, std::size_t groups) {
  using clock = std::chrono::steady_clock;
  const auto f = test::ready_made(s.function);
  test::stream_source source({.groups = groups, .fields = s.reads("value1") ? 2u : 1u});
  const auto before = test_support::own_memory();
  auto many = std::make_unique<lone_function>(f, s.options);
  lone_function few(f, s.options);
  clock::duration taken{};
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto first = round * groups;
    few.take_points(decoded(points_of(source, first, first + asked)));
    for (std::size_t at = 0; at < groups; at += block) {
      const decoded some(points_of(source, first + at, first + std::min(groups, at + block)));
      const auto begin = clock::now();
      many->take_points(some);
      taken += clock::now() - begin;
    }
  }
  const auto bytes = test_support::own_memory() - std::min(test_support::own_memory(), before);
  const decoded fourth(points_of(source, rounds * groups, rounds * groups + asked));
  const bool same = many->answers_to(fourth) == few.answers_to(fourth);
  const auto points = static_cast<double>(rounds * groups);
  std::printf("%-28s %6.0f ns/point %6.0f bytes/group  %s\n", s.name().c_str(),
              std::chrono::duration<double, std::nano>(taken).count() / points,
              static_cast<double>(bytes) / static_cast<double>(groups), same ? "same" : "DIFFER");
  std::fflush(stdout);
  return same;
}

/// In a process of its own: memory that another function has left would count as none.
bool measure_alone(const test::setting& s, std::size_t groups) {
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) _exit(measure(s, groups) ? 0 : 1);
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Whether it is a setting of a stream function with a state per group.
bool is_measured(const test::setting& s) {
  return s.measured && !s.shared_by_groups && !s.forwards &&
         test::ready_made(s.function).wants == edge::stream;
}

bool is_measured(const std::string& function) {
  const auto all = test::ready_made_settings();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& s) { return s.function == function && is_measured(s); });
}

}  // namespace
}  // namespace kapacitor::udf::bench

int main(int argc, char** argv) {
  using namespace kapacitor::udf;
  const auto groups = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  if (groups < bench::asked) {
    std::fprintf(stderr, "million_groups [GROUPS [FUNCTION...]], at least %zu groups\n",
                 bench::asked);
    return 2;
  }
  const std::set<std::string> named(argv + std::min(argc, 2), argv + argc);
  for (const auto& name : named) {
    if (bench::is_measured(name)) continue;
    std::fprintf(stderr, "million_groups: no function with a state per group is '%s'\n",
                 name.c_str());
    return 2;
  }
  bool all_same = true;
  for (const auto& s : test::ready_made_settings()) {
    if (!bench::is_measured(s) || (!named.empty() && !named.count(s.function))) continue;
    all_same = bench::measure_alone(s, groups) && all_same;
  }
  return all_same ? 0 : 1;
}
