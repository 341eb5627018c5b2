#include "functions/enrichment/csv.hpp"

#include <cstdint>

namespace kapacitor::udf::functions::csv {

reader::reader(std::string& text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_begin_ = 3;
}

bool reader::at_line_end() const {
  return at_ == text_.size() || text_[at_] == '\n' ||
         (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void reader::skip_line_end() {
  if (at_ == text_.size()) return;
  at_ += text_[at_] == '\r' ? 2u : 1u;
  ++line_;
  line_begin_ = at_;
}

bool reader::next(row& into) {
  while (at_ < text_.size() && at_line_end()) skip_line_end();
  into.cells.clear();
  if (at_ == text_.size()) return false;
  into.line = line_;
  for (;;) {
    into.cells.push_back(take_cell());
    if (at_line_end()) break;
    ++at_;  // the comma
  }
  skip_line_end();
  return true;
}

cell reader::take_cell() {
  if (at_ < text_.size() && text_[at_] == '"') return take_quoted();
  const auto begin = at_;
  for (; !at_line_end() && text_[at_] != ','; ++at_) {
    if (text_[at_] == '"') {
      throw error(line_, column_of(at_), "a quote within a cell that does not begin with one");
    }
  }
  return {std::string_view(text_).substr(begin, at_ - begin), column_of(begin), false};
}

cell reader::take_quoted() {
  const auto line = line_, column = column_of(at_);
  const auto begin = ++at_;
  auto end = begin;  // of what the cell holds: it only gets shorter
  for (;; ++at_) {
    if (at_ == text_.size()) throw error(line, column, "a cell in quotes that does not end");
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      if (at_ == text_.size() || text_[at_] != '"') break;
    } else if (c == '\n') {
      ++line_;
      line_begin_ = at_ + 1;
    }
    text_[end++] = c;
  }
  if (!at_line_end() && text_[at_] != ',') {
    throw error(line_, column_of(at_), "text behind the closing quote of a cell");
  }
  return {std::string_view(text_).substr(begin, end - begin), column, true};
}

std::size_t first_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto first = byte(i);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0) return i;
    auto code = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return i;
      code = code << 6 | (byte(i + k) & 0x3F);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return i;
    i += length;
  }
  return text.size();
}

}  // namespace kapacitor::udf::functions::csv
