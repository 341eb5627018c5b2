#include "host/write_outcome.hpp"

#include <algorithm>
#include <charconv>

namespace kapacitor::udf::host {
namespace {

std::uint64_t count_of(std::string_view text, std::string_view what) {
  std::uint64_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// "partial write: field type conflict: ... dropped=3". Of lines that it cannot parse InfluxDB says
// "dropped=0", but names each.
std::uint64_t refused_points(std::string_view message, std::uint64_t points) {
  if (!message.starts_with("partial write")) return points;
  std::uint64_t dropped = 0;
  constexpr std::string_view key = "dropped=";
  if (const auto at = message.rfind(key); at != std::string_view::npos) {
    std::from_chars(message.data() + at + key.size(), message.data() + message.size(), dropped);
  }
  const auto named = count_of(message, "unable to parse '");
  return std::min(points, std::max<std::uint64_t>(dropped + named, 1));
}

bool is_temporary(const http_reply& reply, std::string_view message) {
  if (reply.status == 429 || reply.status == 503) return true;
  // InfluxDB answers 500 to a retention policy that is not there.
  return reply.status >= 500 && message.find("retention policy not found") == message.npos;
}

}  // namespace

write_outcome judge_write(const http_reply& reply, std::uint64_t points) {
  using enum write_outcome::kind;
  if (!reply.failure.empty()) return {again, 0, reply.failure};
  if (reply.status / 100 == 2) return {};
  const auto message = reply.message();
  if (reply.status == 404 && message.find("database not found") != message.npos) {
    return {no_database, points, message};
  }
  if (is_temporary(reply, message)) return {again, 0, message};
  return {done, refused_points(message, points), message};
}

}  // namespace kapacitor::udf::host
