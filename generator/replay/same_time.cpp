#include "replay/same_time.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/line/parse.hpp"
#include "base/numbers/saturated.hpp"
#include "replay/written_line.hpp"

namespace kapacitor::generator {
namespace {

using entries = std::span<const index_entry>;

/// Of the points at one time, those whose series comes more than once.
std::vector<index_entry> not_alone(entries at_one_time) {
  std::vector<index_entry> sorted(at_one_time.begin(), at_one_time.end());
  const auto by_series = [](const auto& a, const auto& b) {
    return std::pair(a.series, a.offset) < std::pair(b.series, b.offset);
  };
  std::sort(sorted.begin(), sorted.end(), by_series);
  std::vector<index_entry> kept;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool as_before = i > 0 && sorted[i - 1].series == sorted[i].series;
    const bool as_next = i + 1 < sorted.size() && sorted[i + 1].series == sorted[i].series;
    if (as_before || as_next) kept.push_back(sorted[i]);
  }
  return kept;
}

class counter {
 public:
  explicit counter(const replay_file& file) : line_(file) {}

  std::uint64_t count(entries at_one_time) {
    if (at_one_time.size() < 2) return 0;
    written_.clear();
    std::uint64_t overwritten = 0;
    for (const auto& e : not_alone(at_one_time)) overwritten += overwrites(e) ? 1U : 0U;
    return overwritten;
  }

 private:
  /// The series is named by its text: the index has but a hash of it.
  bool overwrites(const index_entry& e) {
    if (!parser_.parse(line_.of(e), 1, point_).empty()) return false;
    std::string series(point_.name);
    for (const auto& t : point_.tags) {
      series.append(1, '\0').append(t.name).append(1, '\0').append(t.value);
    }
    bool again = false;
    for (const auto& f : point_.fields) {
      again = !written_.emplace(series, std::string(f.name)).second || again;
    }
    return again;
  }

  written_line line_;
  line_parser parser_;
  line_point point_;
  std::set<std::pair<std::string, std::string>> written_;  // series and field
};

}  // namespace

std::uint64_t overwritten_points(const replay_file& file, std::int64_t unit) {
  const auto points = file.points();
  counter counted(file);
  std::uint64_t overwritten = 0;
  for (std::size_t first = 0, end = 0; first < points.size(); first = end) {
    const auto time = in_units(points[first].time, unit);
    for (end = first + 1; end < points.size() && in_units(points[end].time, unit) == time;) ++end;
    overwritten += counted.count(points.subspan(first, end - first));
  }
  return overwritten;
}

}  // namespace kapacitor::generator
