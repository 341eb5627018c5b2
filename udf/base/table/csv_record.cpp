#include "base/table/csv_record.hpp"

#include <algorithm>

namespace kapacitor {
namespace {

/// Past the blanks at a place; a separator is none.
std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

/// Past the quote that closes the cell whose text begins at `at`; npos if none does.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  for (;; at += 2) {
    at = text.find('"', at);
    if (at == std::string_view::npos) return std::string_view::npos;
    if (at + 1 == text.size() || text[at + 1] != '"') return at + 1;
  }
}

}  // namespace

std::string_view csv_record::split(std::string_view record, char separator) {
  cells_.clear();
  unquoted_.clear();
  for (std::size_t at = 0;;) {
    const auto first = at < record.size() && record[at] == ' ' ? skip_blanks(record, at) : at;
    if (first < record.size() && record[first] == '"') {
      at = first;
      if (!take_quoted(record, at)) {
        return wrong(first,
                     "a quote is opened and never closed: allowed is \"a cell\", with quotes in it "
                     "doubled");
      }
    } else {
      const auto end = std::min(record.find(separator, at), record.size());
      cells_.push_back({record.substr(at, end - at), static_cast<std::uint32_t>(at), false});
      at = end;
    }
    if (at == record.size()) return {};
    if (record[at] != separator) {
      return wrong(at,
                   "after a closing quote only a separator is allowed; a quote within a quoted "
                   "cell is doubled");
    }
    ++at;
  }
}

/// Leaves `at` behind the cell and the blanks that follow it.
bool csv_record::take_quoted(std::string_view record, std::size_t& at) {
  const auto begin = at + 1, end = end_of_quoted(record, begin);
  if (end == std::string_view::npos) return false;
  auto text = record.substr(begin, end - 1 - begin);
  if (text.find('"') != std::string_view::npos) {
    unquoted_.reserve(record.size());
    const auto start = unquoted_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
      unquoted_ += text[i];
      if (text[i] == '"') ++i;
    }
    text = std::string_view(unquoted_).substr(start);
  }
  cells_.push_back({text, static_cast<std::uint32_t>(at), true});
  at = skip_blanks(record, end);
  return true;
}

std::string_view csv_record::wrong(std::size_t place, std::string_view why) {
  wrong_place_ = place;
  return why;
}

std::size_t end_of_record(std::string_view text, std::size_t from, char separator) {
  const auto newline = std::min(text.find('\n', from), text.size());
  if (text.substr(from, newline - from).find('"') == std::string_view::npos) return newline;
  bool cell_begins = true;
  for (auto i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') return i;
    if (c == '"' && cell_begins) {
      const auto end = end_of_quoted(text, i + 1);
      if (end == std::string_view::npos) return std::string_view::npos;
      i = end - 1;
      cell_begins = false;
    } else {
      cell_begins = c == separator || (cell_begins && c == ' ');
    }
  }
  return text.size();
}

}  // namespace kapacitor
