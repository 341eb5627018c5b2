#include "base/influxdb/server_answer.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <nlohmann/json.hpp>

namespace kapacitor {
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

/// What an answer means, by its status and words in its message. The first rule that fits counts.
struct rule {
  int status;
  verdict what;
  std::string_view words = {};  // empty: any message
};

constexpr rule rules[] = {
    {0, verdict::retry},  // no answer
    {200, verdict::accepted},
    {204, verdict::accepted},
    {400, verdict::refused, "database is required"},  // nothing is wrong with the points
    {400, verdict::rejected},
    {401, verdict::refused},
    {403, verdict::refused},
    {404, verdict::no_database, "database not found"},
    {404, verdict::refused},
    {408, verdict::retry},
    {413, verdict::too_large},
    {422, verdict::rejected},  // InfluxDB 2
    {429, verdict::retry},
    {500, verdict::refused, "retention policy not found"},  // none comes to be by waiting
    {500, verdict::retry},
};

verdict verdict_on(const server_answer& a) {
  const auto fits = [&a](const rule& r) {
    return r.status == a.status && a.message.find(r.words) != a.message.npos;
  };
  const auto* found = std::find_if(std::begin(rules), std::end(rules), fits);
  if (found != std::end(rules)) return found->what;
  if (a.status / 100 == 2) return verdict::accepted;
  return a.status > 500 ? verdict::retry : verdict::refused;
}

/// The text of a member of that name; empty if there is none.
std::string member(const nlohmann::json& json, const char* name) {
  if (!json.is_object() || !json.contains(name) || !json[name].is_string()) return {};
  return json[name].get<std::string>();
}

}  // namespace

ruling judge(const server_answer& a, std::size_t points) {
  if (a.untrusted) return {verdict::refused};
  const auto what = verdict_on(a);
  return {what, what == verdict::rejected ? points_lost(a.message, points) : 0};
}

std::string error_member(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  auto text = member(json, "error");
  return text.empty() ? member(json, "message") : text;
}

std::string error_text(std::string_view body) {
  auto text = error_member(body);
  if (text.empty()) text = body;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace kapacitor
