#pragma once

#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kapacitor::udf::server {

/// One line of the log, put together in a signal handler: it takes no memory and no lock. What does
/// not fit is left out.
class crash_text {
 public:
  void clear() { size_ = 0; }
  std::string_view view() const { return {bytes_.data(), size_}; }

  crash_text& put(std::string_view text) {
    for (const char c : text) put(c);
    return *this;
  }
  /// ` key=value`, in quotes if it would not be clear where the value ends. Nothing if it is empty.
  crash_text& add(std::string_view key, std::string_view value) {
    if (value.empty()) return *this;
    put(" ").put(key).put("=");
    return is_plain(value) ? put(value) : put_quoted(value);
  }
  crash_text& add(std::string_view key, std::uint64_t value) {
    return put(" ").put(key).put("=").number(value, 10, 1);
  }
  crash_text& add_address(std::string_view key, std::uintptr_t value) {
    return put(" ").put(key).put("=0x").number(value, 16, 1);
  }
  /// As the log has it: "2026-11-27T19:00:00.123+01:00".
  crash_text& add_time(std::chrono::system_clock::time_point t, std::chrono::minutes zone) {
    using namespace std::chrono;
    const auto local = floor<milliseconds>(t.time_since_epoch()) + zone;
    const auto days = floor<std::chrono::days>(local);
    const year_month_day date{sys_days(days)};
    const hh_mm_ss time(local - days);
    number(static_cast<std::uint64_t>(int{date.year()}), 10, 4).put("-");
    number(unsigned{date.month()}, 10, 2).put("-").number(unsigned{date.day()}, 10, 2).put("T");
    two(time.hours().count()).put(":").two(time.minutes().count()).put(":");
    two(time.seconds().count()).put(".");
    number(static_cast<std::uint64_t>(time.subseconds().count()), 10, 3);
    const auto away = zone < zone.zero() ? -zone : zone;
    put(zone < zone.zero() ? "-" : "+").two(away.count() / 60).put(":");
    return two(away.count() % 60);
  }

 private:
  static bool is_plain(std::string_view value) {
    for (const char c : value) {
      if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f') return false;
    }
    return true;
  }
  void put(char c) {
    if (size_ < bytes_.size()) bytes_[size_++] = c;
  }
  crash_text& put_quoted(std::string_view value) {
    put('"');
    for (const char c : value) {
      if (c == '"' || c == '\\') put('\\');
      put(static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c);
    }
    put('"');
    return *this;
  }
  crash_text& two(std::int64_t n) { return number(static_cast<std::uint64_t>(n), 10, 2); }
  crash_text& number(std::uint64_t n, int base, std::size_t digits) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), n, base).ptr;
    const auto size = static_cast<std::size_t>(end - text.data());
    for (auto i = size; i < digits; ++i) put('0');
    return put(std::string_view(text.data(), size));
  }

  std::array<char, 2048> bytes_;
  std::size_t size_ = 0;
};

}  // namespace kapacitor::udf::server
