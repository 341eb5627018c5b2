#include "base/table/csv_reader.hpp"

#include <algorithm>

namespace kapacitor {

std::string to_text(text_place where) {
  auto text = std::to_string(where.line) + ":";
  if (where.column > 0) text += std::to_string(where.column) + ":";
  return text + " ";
}

csv_reader::csv_reader(std::string_view text, const csv_dialect& d)
    : all_(text), dialect_(d), at_(d.begin) {
  const auto before = text.substr(0, d.begin);
  breaks_ += static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
}

bool csv_reader::next() {
  do {
    if (!take()) return false;
  } while (line_.empty());
  const auto nul = line_.find('\0');
  wrong_at_ = nul == std::string_view::npos ? 0 : nul;
  if (line_.size() > longest) {
    wrong_ = "the record is too long: allowed are 25000000 bytes";
  } else if (nul != std::string_view::npos) {
    wrong_ = "NUL bytes are not allowed";
  } else {
    wrong_ = record_.split(line_, dialect_.separator);
    if (!wrong_.empty()) wrong_at_ = record_.wrong_place();
    if (wrong_.empty() && line_.find('\r') != std::string_view::npos) refuse_lone_returns();
  }
  return true;
}

/// A carriage return within quotes is the cell's; elsewhere it stands for a line's end, as old
/// programs write it, and several lines would be taken for one.
void csv_reader::refuse_lone_returns() {
  for (std::size_t i = 0; i < record_.size(); ++i) {
    const auto at = record_.at(i).quoted ? std::string_view::npos : record_[i].find('\r');
    if (at == std::string_view::npos) continue;
    wrong_ = "a carriage return alone ends no line: allowed are LF and CR LF (tr '\\r' '\\n')";
    wrong_at_ = record_.at(i).place + at;
    return;
  }
}

/// A record, empty or not. Returns: false at the end
bool csv_reader::take() {
  if (at_ >= all_.size()) return false;
  const auto window = all_.substr(0, std::min(all_.size(), at_ + longest + 1));
  auto end = end_of_record(window, at_, dialect_.separator);
  if (end == std::string_view::npos) end = std::min(all_.find('\n', at_), all_.size());
  if (end - at_ > longest) end = std::min(all_.find('\n', end), all_.size());
  const bool has_end = end < all_.size();
  line_ = all_.substr(at_, end - at_);
  at_ = has_end ? end + 1 : end;
  number_ += breaks_;
  breaks_ = static_cast<std::uint64_t>(std::count(line_.begin(), line_.end(), '\n'));
  breaks_ += has_end ? 1U : 0U;
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  return true;
}

text_place csv_reader::place_of(std::size_t bytes) const {
  const auto before = line_.substr(0, bytes);
  const auto breaks = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const auto last = before.rfind('\n');
  const auto begin = last == std::string_view::npos ? 0 : last + 1;
  return {number_ + breaks, before.size() - begin + 1};
}

}  // namespace kapacitor
