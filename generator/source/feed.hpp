#pragma once

#include <cstdint>

#include "base/line/batch.hpp"
#include "base/numbers/histogram.hpp"

namespace kapacitor::generator {

/// What takes the batches of a feed.
class batch_sink {
 public:
  batch_sink() = default;
  batch_sink(const batch_sink&) = delete;
  batch_sink& operator=(const batch_sink&) = delete;
  virtual ~batch_sink() = default;

  virtual void add(batch&& b) = 0;
  /// Whether there is enough for now; asked by a feed that makes points as fast as they are taken.
  virtual bool busy() const = 0;
};

/// Makes points when they are due: an open loop, which does not wait for the server.
///
/// No clock of its own: the caller passes the time, and with it what takes the batches.
///
/// Threads: one at a time
class feed {
 public:
  feed() = default;
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;
  virtual ~feed() = default;

  /// Makes what is due; not all of it at once if that would take long.
  virtual void produce(steady_time now, batch_sink& to) = 0;
  /// When to call produce() next; the past: at once, max: when the sink is no longer busy.
  virtual steady_time wake(steady_time now, const batch_sink& to) const = 0;
  /// Makes no more points and hands on those there are.
  virtual void stop(batch_sink& to) = 0;

  virtual bool finished() const = 0;
  /// How late points were made.
  virtual const histogram& lateness() const = 0;
  /// Ticks that were missed.
  virtual std::int64_t skipped() const = 0;
};

}  // namespace kapacitor::generator
