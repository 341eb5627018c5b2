#include "metrics/scoreboard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "base/numbers/number_row.hpp"
#include "base/text/error.hpp"

namespace kapacitor::udf::metrics {
namespace {

using number = std::uint64_t;
constexpr std::size_t numbers = sizeof(number_row<score>) / sizeof(number);
static_assert(std::atomic<number>::is_always_lock_free, "it is shared with other processes");

// A writer is done in far less time than it takes to look that often.
constexpr int most_looks = 1000;

[[noreturn]] void no_memory() {
  throw start_error("no memory for --metrics: " + std::generic_category().message(errno));
}

}  // namespace

/// `turn` is odd while it is written, so that who reads can see that it has read half of it.
struct scoreboard::seat_memory {
  std::atomic<number> turn;
  std::array<std::atomic<number>, numbers> what;
};

scoreboard::scoreboard()
    : file_(::memfd_create("kapacitor-udf metrics", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
  constexpr auto size = static_cast<off_t>(seats * sizeof(seat_memory));
  if (file_.get() < 0 || ::ftruncate(file_.get(), size) != 0) no_memory();
  // A process that goes mad cannot take the memory away from the others.
  if (::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    no_memory();
  map();
}

scoreboard::scoreboard(owned_fd file) : file_(std::move(file)) {
  struct stat status {};
  const bool known = ::fstat(file_.get(), &status) == 0;
  if (!known || static_cast<std::size_t>(status.st_size) != seats * sizeof(seat_memory))
    throw start_error("a scoreboard of another release, or none");
  map();
}

scoreboard::scoreboard(scoreboard&& other) noexcept
    : file_(std::move(other.file_)), memory_(std::exchange(other.memory_, nullptr)) {}

scoreboard::~scoreboard() {
  if (memory_) ::munmap(memory_, seats * sizeof(seat_memory));
}

void scoreboard::map() {
  void* const at = ::mmap(nullptr, seats * sizeof(seat_memory), PROT_READ | PROT_WRITE, MAP_SHARED,
                          file_.get(), 0);
  if (at == MAP_FAILED) no_memory();
  memory_ = static_cast<seat_memory*>(at);
}

void scoreboard::write(std::size_t seat, const score& s) noexcept {
  if (seat >= seats) return;
  auto& to = memory_[seat];
  const auto from = row_of(s);
  const auto turn = to.turn.load(std::memory_order_relaxed) | 1;
  to.turn.store(turn, std::memory_order_relaxed);
  // Who reads a new number sees the odd turn as well.
  for (std::size_t i = 0; i < numbers; ++i) to.what[i].store(from[i], std::memory_order_release);
  to.turn.store(turn + 1, std::memory_order_release);
}

score scoreboard::read(std::size_t seat) const noexcept {
  if (seat >= seats) return {};
  const auto& from = memory_[seat];
  for (int looks = 0; looks < most_looks; ++looks) {
    const auto turn = from.turn.load(std::memory_order_acquire);
    number_row<score> copy;
    for (std::size_t i = 0; i < numbers; ++i)
      copy[i] = from.what[i].load(std::memory_order_acquire);
    if (turn % 2 == 0 && turn == from.turn.load(std::memory_order_relaxed))
      return from_row<score>(copy);
  }
  return {};
}

void scoreboard::clear(std::size_t seat) noexcept {
  write(seat, {});
}

}  // namespace kapacitor::udf::metrics
