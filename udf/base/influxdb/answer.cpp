#include "base/influxdb/answer.hpp"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace kapacitor::inline base {
namespace {

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

std::size_t number_after(std::string_view text, std::string_view what) {
  std::size_t number = 0;
  const auto at = text.rfind(what);
  if (at != text.npos) {
    std::from_chars(text.data() + at + what.size(), text.data() + text.size(), number);
  }
  return number;
}

/// How many points a 400 leaves out.
std::size_t points_lost(std::string_view message, std::size_t points) {
  if (message.find("partial write") == message.npos) return points;
  // For lines it cannot parse InfluxDB says dropped=0 although it drops them.
  const auto unreadable = count_of(message, "unable to parse");
  return std::clamp<std::size_t>(number_after(message, "dropped=") + unreadable, 1, points);
}

ruling judge_bad_request(const answer& a, std::size_t points) {
  // Nothing that is wrong with the points.
  if (a.message.find("database is required") != a.message.npos) return {verdict::refused};
  return {verdict::rejected, points_lost(a.message, points)};
}

}  // namespace

ruling judge(const answer& a, std::size_t points) {
  if (a.untrusted) return {verdict::refused};
  switch (a.status) {
    case 200:
    case 204:
      return {verdict::accepted};
    case 400:
    case 422:  // InfluxDB 2
      return judge_bad_request(a, points);
    case 404:
      return {a.message.find("database not found") != a.message.npos ? verdict::no_database
                                                                     : verdict::refused};
    case 413:
      return {verdict::too_large};
    case 408:
    case 429:
      return {verdict::retry};
    case 500:
      // A retention policy does not come to be by waiting.
      if (a.message.find("retention policy not found") != a.message.npos) return {verdict::refused};
      return {verdict::retry};
    default:
      return {a.status == 0 || a.status > 500 ? verdict::retry : verdict::refused};
  }
}

std::string error_text(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  std::string text(body);
  if (json.is_object() && json.contains("error") && json["error"].is_string()) {
    text = json["error"].get<std::string>();
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace kapacitor::inline base
