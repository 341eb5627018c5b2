#include "metrics/scoreboard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "base/text/error.hpp"
#include "metrics/shared_row.hpp"

namespace kapacitor::udf::metrics {
namespace {

[[noreturn]] void no_memory() {
  throw start_error("no memory for --metrics: " + std::generic_category().message(errno));
}

}  // namespace

/// All 0 at first. What nobody writes takes no memory.
struct scoreboard::memory {
  struct seat {
    shared_row<score> what;
    shared_row<warning> warned;
    std::atomic<std::uint64_t> wanted;
  };
  std::array<seat, seats + 1> all;  // the last one is nobody's
  group_watches watches;
};

scoreboard::scoreboard()
    : file_(::memfd_create("kapacitor-udf metrics", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
  constexpr auto size = static_cast<off_t>(sizeof(memory));
  if (file_.get() < 0 || ::ftruncate(file_.get(), size) != 0) no_memory();
  // A process that goes mad cannot take the memory away from the others.
  if (::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    no_memory();
  map();
}

scoreboard::scoreboard(owned_fd file) : file_(std::move(file)) {
  struct stat status {};
  const bool known = ::fstat(file_.get(), &status) == 0;
  if (!known || static_cast<std::size_t>(status.st_size) != sizeof(memory))
    throw start_error("a scoreboard of another release, or none");
  map();
}

scoreboard::scoreboard(scoreboard&& other) noexcept
    : file_(std::move(other.file_)), memory_(std::exchange(other.memory_, nullptr)) {}

scoreboard::~scoreboard() {
  if (memory_) ::munmap(memory_, sizeof(memory));
}

void scoreboard::map() {
  void* const at =
      ::mmap(nullptr, sizeof(memory), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (at == MAP_FAILED) no_memory();
  memory_ = static_cast<memory*>(at);
}

void scoreboard::write(std::size_t seat, const score& s) noexcept {
  if (seat < seats) memory_->all[seat].what.write(s);
}

score scoreboard::read(std::size_t seat) const noexcept {
  return seat < seats ? memory_->all[seat].what.read() : score{};
}

void scoreboard::warn(std::size_t seat, const warning& w) noexcept {
  if (seat < seats) memory_->all[seat].warned.write(w);
}

warning scoreboard::warned(std::size_t seat) const noexcept {
  return seat < seats ? memory_->all[seat].warned.read() : warning{};
}

group_watches& scoreboard::watches() noexcept {
  return memory_->watches;
}

std::atomic<std::uint64_t>& scoreboard::wanted(std::size_t seat) noexcept {
  return memory_->all[std::min(seat, seats)].wanted;
}

watched_group scoreboard::watch(std::size_t seat, const watch_request& r) {
  if (seat >= seats) return {};
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return memory_->watches.ask(seat, r, now, [&](std::size_t which) {
    wanted(seat).fetch_or(std::uint64_t{1} << which, std::memory_order_release);
  });
}

void scoreboard::clear(std::size_t seat) noexcept {
  write(seat, {});
  warn(seat, {});
  wanted(seat).store(0, std::memory_order_relaxed);
}

}  // namespace kapacitor::udf::metrics
