// A program of a user's, with one function that does what its "value" says; most of it is wrong.
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <kapacitor/udf.hpp>

namespace {

// Nothing of this may be found out by the compiler.
volatile int zero = 0;
int* volatile nowhere = nullptr;

[[gnu::noinline]] int without_end(int depth) {
  volatile char room[4096];
  room[0] = static_cast<char>(depth);
  return depth == zero ? 0 : without_end(depth + 1) + room[0];
}
void fail() {
  throw std::runtime_error("nobody catches this");
}
void throw_through() noexcept {
  fail();
}
[[noreturn]] void take_all_memory() {
  std::vector<std::unique_ptr<std::vector<char>>> all;
  for (;;) all.push_back(std::make_unique<std::vector<char>>(std::size_t{1} << 20, 'x'));
}
[[noreturn]] void hang() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

struct crashing {
  void on_point(const kapacitor::udf::point& p, kapacitor::udf::emitter& out) {
    switch (static_cast<int>(p.number("value").value_or(0))) {
      case 1:
        *nowhere = 1;
        break;
      case 2:
        std::abort();
      case 3:
        last = without_end(1);
        break;
      case 4:
        take_all_memory();
      case 5:
        throw_through();
        break;
      case 6:
        hang();
      case 7:
        last = 7 / zero;
        break;
      case 8:
        ::_exit(3);
      default:
        out.emit(p, {{"pid", static_cast<std::int64_t>(::getpid())}});
    }
  }
  auto state() { return std::tie(last); }

  int last = 0;
};

}  // namespace

int main(int argc, char** argv) {
  return kapacitor::udf::run<crashing>("crashing", argc, argv);
}
