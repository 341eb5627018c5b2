#include "replay/csv_row.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::string_view blanks = " \t\r";

}  // namespace

std::string_view csv_row::split(std::string_view record) {
  cells_.clear();
  unquoted_.clear();
  unquoted_.reserve(record.size());
  wrong_ = {};
  for (auto rest = record; wrong_.empty();) {
    if (rest.starts_with('"')) {
      cells_.push_back(take_quoted(rest));
    } else {
      const auto length = std::min(rest.find(','), rest.size());
      cells_.push_back(rest.substr(0, length));
      rest.remove_prefix(length);
    }
    if (rest.empty()) break;
    if (rest.front() != ',') return "after a closing quote only a comma is allowed";
    rest.remove_prefix(1);
  }
  return wrong_;
}

std::string_view csv_row::take_quoted(std::string_view& rest) {
  const auto start = unquoted_.size();
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      const bool doubled = i + 1 < rest.size() && rest[i + 1] == '"';
      if (!doubled) {
        rest.remove_prefix(i + 1);
        return std::string_view(unquoted_).substr(start);
      }
      ++i;
    }
    unquoted_ += rest[i];
  }
  wrong_ = "a quote is opened and never closed: allowed is \"a cell\", with quotes in it doubled";
  return {};
}

std::size_t end_of_record(std::string_view text, std::size_t from) {
  const auto newline = text.find('\n', from);
  const auto line = text.substr(
      from, newline == std::string_view::npos ? std::string_view::npos : newline - from);
  if (line.find('"') == std::string_view::npos) return newline;
  bool quoted = false, cell_begins = true;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      quoted = c != '"';
    } else if (c == '\n') {
      return i;
    } else if (c == '"') {
      // Behind a quoted part: the second of two quotes, which goes on with it.
      quoted = cell_begins || text[i - 1] == '"';
    }
    cell_begins = c == ',' && !quoted;
  }
  return std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace kapacitor::generator
