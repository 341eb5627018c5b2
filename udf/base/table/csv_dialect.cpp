#include "base/table/csv_dialect.hpp"

#include <algorithm>
#include <vector>

#include "base/table/csv_record.hpp"
#include "base/text/encoding.hpp"

namespace kapacitor {
namespace {

constexpr std::size_t sample_bytes = 65'536, sample_records = 50;

/// The beginning of a text, and whether that is all of it.
struct sample {
  std::string_view text;
  bool whole = false;
};

/// How well a separator goes with the records of a sample.
struct fit {
  std::size_t columns = 0;  // of the first record
  std::size_t records = 0, same = 0;

  bool is_good() const { return columns > 1 && same * 10 >= records * 9; }
  bool operator<(const fit& other) const {
    if (is_good() != other.is_good()) return other.is_good();
    return columns < other.columns;
  }
};

fit try_separator(const sample& s, char separator) {
  fit result;
  csv_record record;
  for (std::size_t at = 0; at < s.text.size() && result.records < sample_records;) {
    auto end = end_of_record(s.text, at, separator);
    if (end >= s.text.size() && !s.whole && result.records > 0) break;
    if (end == std::string_view::npos) end = s.text.find('\n', at);
    end = std::min(end, s.text.size());
    auto line = s.text.substr(at, end - at);
    at = end + 1;
    if (trimmed(line).empty()) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool right = record.split(line, separator).empty();
    if (result.records++ == 0) result.columns = record.size();
    result.same += right && record.size() == result.columns ? 1U : 0U;
  }
  return result;
}

/// The separator that a line "sep=;" names; NUL if the text does not begin with one.
char named_separator(std::string_view text, std::size_t& line_size) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with('"') && line.ends_with('"') && line.size() > 2) {
    line = line.substr(1, line.size() - 2);
  }
  const bool names = line.size() == 5 && (line.starts_with("sep=") || line.starts_with("SEP="));
  if (!names) return '\0';
  line_size = std::min(end + 1, text.size());
  return line[4];
}

std::string_view first_line(std::string_view text) {
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r')) text.remove_prefix(1);
  return text.substr(0, text.find('\n'));
}

bool all_quoted(std::string_view header, char separator) {
  csv_record record;
  if (header.ends_with('\r')) header.remove_suffix(1);
  if (!record.split(header, separator).empty()) return false;
  bool all = record.size() > 0;
  for (std::size_t i = 0; i < record.size(); ++i) all = all && record.at(i).quoted;
  return all;
}

char best_separator(std::string_view text) {
  const sample s{text.substr(0, sample_bytes), text.size() <= sample_bytes};
  char best = ',';
  auto best_fit = try_separator(s, best);
  for (const char other : {';', '\t', '|'}) {
    const auto its_fit = try_separator(s, other);
    if (!(best_fit < its_fit)) continue;
    best = other;
    best_fit = its_fit;
  }
  return best;
}

}  // namespace

csv_dialect detect_dialect(std::string_view text) {
  csv_dialect d;
  d.begin = text.size() - without_byte_order_mark(text).size();
  std::size_t line_size = 0;
  d.separator = named_separator(text.substr(d.begin), line_size);
  d.begin += line_size;
  if (d.separator == '\0') d.separator = best_separator(text.substr(d.begin));
  d.all_quoted = all_quoted(first_line(text.substr(d.begin)), d.separator);
  return d;
}

std::string name_of_separator(char separator) {
  switch (separator) {
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '\t':
      return "tab";
    default:
      return std::string("'") + separator + "'";
  }
}

}  // namespace kapacitor
