#include "functions/windows/time_zone.hpp"

#include <algorithm>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

namespace kapacitor::udf::functions {
namespace {

class database_zone : public time_zone {
 public:
  explicit database_zone(absl::TimeZone zone) : zone_(zone) {}

  std::int64_t clock_at(std::int64_t time) const override {
    return time + zone_.At(absl::FromUnixSeconds(time)).offset;
  }
  std::int64_t reaches(std::int64_t clock) const override {
    const auto found = zone_.At(absl::CivilSecond() + clock);
    const bool skipped = found.kind == absl::TimeZone::TimeInfo::SKIPPED;
    return absl::ToUnixSeconds(skipped ? found.trans : found.pre);
  }

 private:
  absl::TimeZone zone_;
};

/// A path would have the agent open any file that it may read.
bool is_name(const std::string& text) {
  const auto in_names = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !text.empty() && text.front() != '/' && std::all_of(text.begin(), text.end(), in_names);
}

}  // namespace

std::shared_ptr<const time_zone> time_zone::named(const std::string& name) {
  absl::TimeZone zone;
  if (!is_name(name) || !absl::LoadTimeZone(name, &zone)) return nullptr;
  return std::make_shared<database_zone>(zone);
}

bool time_zone::database_is_there() {
  return named("Etc/UTC") != nullptr;
}

std::int64_t month_of(std::int64_t clock) {
  return absl::CivilMonth(absl::CivilSecond() + clock) - absl::CivilMonth();
}

std::int64_t begin_of_month(std::int64_t month) {
  return absl::CivilSecond(absl::CivilMonth() + month) - absl::CivilSecond();
}

}  // namespace kapacitor::udf::functions
