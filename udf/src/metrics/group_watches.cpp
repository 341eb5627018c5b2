#include "metrics/group_watches.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace kapacitor::udf::metrics {
namespace {

/// Before another order takes its place, the connection that had it has stopped for certain.
constexpr auto rests = 2 * group_watches::lasts;

/// "WATCH.GENERATION.INDEX". Returns: the index; 0 if it is of another order
std::uint64_t index_in(std::string_view since, const std::string& prefix) {
  if (!since.starts_with(prefix)) return 0;
  since.remove_prefix(prefix.size());
  std::uint64_t index = 0;
  const auto end = since.data() + since.size();
  return std::from_chars(since.data(), end, index).ptr == end ? index : 0;
}

}  // namespace

std::size_t group_watches::watch_for(std::size_t seat, std::string_view group,
                                     std::chrono::nanoseconds now) {
  const short_text<120> wanted(group);
  std::size_t free = most;
  for (std::size_t i = 0; i < most; ++i) {
    auto& w = all_[i];
    const auto order = w.order();
    const auto since = now - w.asked_at();
    const bool used = order.generation != 0 && since < rests;
    if (!used) free = std::min(free, i);
    if (!used || order.seat != seat || order.group.view() != wanted.view()) continue;
    w.asked_.store(now.count(), std::memory_order_relaxed);
    return i;
  }
  if (free == most) return most;
  auto& w = all_[free];
  w.asked_.store(now.count(), std::memory_order_relaxed);
  w.first_.store(w.last_.load(std::memory_order_acquire), std::memory_order_relaxed);
  w.order_.write({seat, w.order().generation + 1, wanted});
  return free;
}

watched_group group_watches::seen(std::size_t which, std::string_view since) const {
  const auto& w = all_[which];
  const auto prefix = std::to_string(which) + "." + std::to_string(w.order().generation) + ".";
  const auto last = w.last_.load(std::memory_order_acquire);
  const auto first = w.first_.load(std::memory_order_relaxed);
  const auto from = std::min(std::max(index_in(since, prefix), first), last);
  const auto begin = last - std::min<std::uint64_t>(last - from, group_watch::kept - 1);
  watched_group result{watched_group::how::seen, prefix + std::to_string(last), begin - from, {}};
  for (auto i = begin + 1; i <= last; ++i) {
    const auto p = w.ring_[i % group_watch::kept].read();
    // One that came meanwhile may have taken its place.
    if (p.index == i) {
      result.points.push_back(p);
    } else {
      ++result.missed;
    }
  }
  return result;
}

}  // namespace kapacitor::udf::metrics
