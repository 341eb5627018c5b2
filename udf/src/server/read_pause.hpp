#pragma once

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace kapacitor::udf::server {

/// Whether to wait a moment for more before going to sleep.
///
/// Kapacitor writes each point in two small pieces. A reader that is woken up by each of them costs
/// both sides more than all the rest: waking up, and being told to. One that looks again a moment
/// later, by itself, finds many. Worth it only while data comes at such a rate that a moment brings
/// some messages, and as long as waiting does bring more: a slow stream is never delayed, and a
/// peer that waits for each answer is not kept waiting. Threads: one at a time
class read_pause {
 public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds longest{200};

  /// So much was received.
  void take(std::size_t bytes) { bytes_ += bytes; }

  /// Everything received is worked off. Returns: how long to wait before looking again; 0: not at
  /// all, sleep until something comes
  std::chrono::nanoseconds pause(clock::time_point now) {
    const auto bytes = std::exchange(bytes_, 0);
    const auto took = now - std::exchange(since_, now);
    if (std::exchange(paused_, false)) judge(bytes);
    if (skip_ > 0) {
      --skip_;
      return {};
    }
    if (bytes == 0 || bytes >= much || took <= clock::duration::zero()) return {};
    const auto moment = took * enough / static_cast<long>(bytes);
    if (moment > longest * (enough / static_cast<long>(little))) return {};
    paused_ = true;
    return std::min<std::chrono::nanoseconds>(moment, longest);
  }

 private:
  /// A pause that brought next to nothing makes the next one come later and later.
  void judge(std::size_t brought) {
    constexpr int most = 1024;
    back_off_ = brought < little ? std::min(2 * back_off_, most) : 1;
    if (brought < little) skip_ = back_off_;
  }

  // A message has about 128 bytes. Where a moment brings fewer than four it is not worth while;
  // with 32 at once waking up no longer counts; with 128, as large pieces bring, it never did.
  static constexpr std::size_t little = 512;
  static constexpr long enough = 4096;
  static constexpr std::size_t much = 16384;

  clock::time_point since_{};
  std::size_t bytes_ = 0;
  bool paused_ = false;
  int skip_ = 0, back_off_ = 1;
};

/// Else the kernel makes the calling thread's pauses up to 50 us longer than they are meant to be.
inline void make_pauses_exact() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

}  // namespace kapacitor::udf::server
