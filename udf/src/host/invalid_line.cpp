#include "host/invalid_line.hpp"

#include <bit>

#include <fmt/format.h>

#include "base/text/encoding.hpp"
#include "connect/log.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t longest_shown = 80;

std::string start_of(std::string_view line) {
  return valid_utf8(line.substr(0, longest_shown)) + (line.size() > longest_shown ? "…" : "");
}

}  // namespace

void count_invalid(const input_line& line, std::string_view why, totals& counts) {
  counts.lose("invalid lines", 1);
  if (++counts.invalid_lines > 10 && !std::has_single_bit(counts.invalid_lines)) return;
  log_line what("invalid line");
  what.add("at", fmt::format("{}:{}", line.source, line.number)).add("error", why);
  what.add("line", start_of(line.text));
  if (counts.invalid_lines > 10) what.add("times", counts.invalid_lines);
  log().log(log_level::error, what);
}

}  // namespace kapacitor::udf::host
