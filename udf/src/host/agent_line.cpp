#include "host/agent_line.hpp"

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kapacitor::udf::host {
namespace {

using by_reason = std::map<std::string, std::uint64_t>;

/// Of "skipped_late=3".
std::optional<std::uint64_t> count_of(std::string_view word) {
  const auto text = word.substr(word.find('=') + 1);
  std::uint64_t n = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return n;
}

void add(std::string_view word, std::string_view prefix, by_reason& to) {
  if (!word.starts_with(prefix)) return;
  const auto name = word.substr(prefix.size(), word.find('=') - prefix.size());
  if (const auto n = count_of(word)) to[std::string(name)] += *n;
}

}  // namespace

void read_agent_line(std::string_view line, totals& to) {
  const auto begin = line.find("connection closed function=");
  if (begin == std::string_view::npos) return;
  // A task's name may be anything, what is counted comes after it.
  const auto counts = line.find(" points_in=", begin);
  if (counts == std::string_view::npos) return;
  line.remove_prefix(counts);
  while (!line.empty()) {
    line.remove_prefix(1);
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    add(word, "skipped_", to.skipped);
    add(word, "incomplete_", to.incomplete);
    add(word, "groups_forgotten_", to.groups_forgotten);
  }
}

}  // namespace kapacitor::udf::host
