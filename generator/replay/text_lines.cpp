#include "replay/text_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kapacitor::generator {

std::size_t end_of_plain_line(std::string_view text, std::size_t from) {
  return text.find('\n', from);
}

bool text_lines::next(find_end find) {
  if (at_ >= text_.size()) return false;
  // What opens a quote and does not close it must not be looked at to the end of the file.
  auto end = find(text_.substr(0, std::min(text_.size(), at_ + longest + 1)), at_);
  if (end == std::string_view::npos) end = std::min(text_.find('\n', at_), text_.size());
  line_ = text_.substr(at_, end - at_);
  at_ = end + 1;
  number_ += number_ == 0 ? 1 : breaks_;
  breaks_ = 1 + static_cast<std::uint64_t>(std::count(line_.begin(), line_.end(), '\n'));
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  return true;
}

std::string text_lines::wrong() const {
  if (line_.size() > longest) {
    return fmt::format("the line takes {} bytes: allowed are {}", line_.size(), longest);
  }
  if (line_.find('\0') != std::string_view::npos) return "NUL bytes are not allowed";
  return {};
}

}  // namespace kapacitor::generator
