#include "check/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/phrase.hpp"

namespace kapacitor::udf::host::check {
namespace {

auto count(const std::vector<result>& all, outcome how) {
  return std::count_if(all.begin(), all.end(), [how](const auto& r) { return r.how == how; });
}

nlohmann::json json_of(const result& r) {
  return {{"section", r.section},
          {"rule", r.tried->name},
          {"demand", r.tried->demand},
          {"outcome", r.how == outcome::fail ? "fail" : to_string(r.how)},
          {"why", r.why},
          {"otherwise", r.tried->otherwise},
          {"seconds", std::chrono::duration<double>(r.took).count()}};
}

}  // namespace

std::string_view to_string(outcome o) {
  constexpr std::string_view names[] = {"pass", "warn", "FAIL", "skip"};
  return names[static_cast<std::size_t>(o)];
}

std::string line_of(const result& r) {
  if (r.why.empty()) return fmt::format("{}  {}", to_string(r.how), r.tried->name);
  const bool consequence = r.how == outcome::fail && !r.tried->otherwise.empty();
  return fmt::format("{}  {}: {}{}{}", to_string(r.how), r.tried->name,
                     // A UDF's text may hold line breaks; a report has one line for each rule.
                     one_line(r.why), consequence ? "; " : "",
                     consequence ? r.tried->otherwise : "");
}

std::string summary_of(const std::vector<result>& all) {
  return fmt::format("{} passed, {} failed, {} warned, {} skipped", count(all, outcome::pass),
                     count(all, outcome::fail), count(all, outcome::warn),
                     count(all, outcome::skip));
}

nlohmann::json json_of(const std::string& udf, const std::vector<result>& all) {
  nlohmann::json rules = nlohmann::json::array();
  for (const auto& r : all) rules.push_back(json_of(r));
  return {{"udf", udf},
          {"passed", count(all, outcome::pass)},
          {"failed", count(all, outcome::fail)},
          {"warned", count(all, outcome::warn)},
          {"skipped", count(all, outcome::skip)},
          {"rules", rules}};
}

std::string list_of_rules() {
  std::string text;
  std::string_view heading;
  for (const auto& s : sections()) {
    if (s.name != heading) text += fmt::format("{}\n", heading = s.name);
    for (const auto& r : s.rules) text += fmt::format("  {:<27} {}\n", r.name, r.demand);
  }
  return text;
}

}  // namespace kapacitor::udf::host::check
