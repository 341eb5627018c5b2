#include "metrics/group_tap.hpp"

#include <optional>
#include <type_traits>
#include <variant>

namespace kapacitor::udf::metrics {
namespace {

std::optional<double> number_in(const field& f) {
  return std::visit(
      [](const auto& held) -> std::optional<double> {
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(held)>>)
          return static_cast<double>(held);
        else
          return std::nullopt;
      },
      f.value.held());
}

}  // namespace

bool group_tap::is_watched(std::chrono::nanoseconds now) noexcept {
  bool any = false;
  for (std::size_t i = 0; i < mine_.size(); ++i) any = refresh(i, now) || any;
  return any;
}

bool group_tap::refresh(std::size_t which, std::chrono::nanoseconds now) noexcept {
  auto& mine = mine_[which];
  const auto bit = std::uint64_t{1} << which;
  mine.on = (wanted_.load(std::memory_order_acquire) & bit) != 0;
  if (!mine.on) return false;
  const auto& w = watches_.at(which);
  mine.order = w.order();
  mine.on = mine.order.seat == seat_ && now - w.asked_at() < group_watches::lasts;
  if (!mine.on) wanted_.fetch_and(~bit, std::memory_order_relaxed);
  return mine.on;
}

void group_tap::put(std::string_view group, std::int64_t time, bool answer,
                    std::span<const field> fields) {
  for (std::size_t i = 0; i < mine_.size(); ++i) {
    const auto& [on, order] = mine_[i];
    const auto wanted = order.group.view();
    if (!on || (!wanted.empty() && wanted != group.substr(0, order.group.capacity))) continue;
    seen_point p;
    p.time = time;
    p.answer = answer ? 1 : 0;
    p.group = short_text<120>(group);
    for (const auto& f : fields) {
      const auto x = number_in(f);
      if (!x || p.size == seen_point::most_fields) continue;
      const bool is_bool = std::holds_alternative<bool>(f.value.held());
      p.fields[p.size++] = {short_text<40>(f.name), *x, is_bool ? 1U : 0U};
    }
    watches_.at(i).put(p);
  }
}

void group_tap::took(std::string_view group, const point& p) {
  put(group, p.time().time_since_epoch().count(), false, p.fields());
}

void group_tap::answered(std::string_view group, std::int64_t time, std::span<const field> fields) {
  put(group, time, true, fields);
}

}  // namespace kapacitor::udf::metrics
