#include "base/line/text_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kapacitor {
void text_lines::feed(std::string_view text) {
  fed_.erase(0, at_);
  at_ = 0;
  fed_ += text;
  text_ = fed_;
}

bool text_lines::next() {
  if (!skip_rest()) return false;
  // What opens a quote and does not close it must not be looked at to the end of the text.
  const auto window = text_.substr(0, std::min(text_.size(), at_ + longest + 1));
  return take(finder_.find(window, at_));
}

bool text_lines::next_plain() {
  if (!skip_rest()) return false;
  return take(text_.find('\n', at_));
}

/// Leaves out the rest of a line that is too long. Returns: whether its end was found
bool text_lines::skip_rest() {
  if (!rest_to_come_) return true;
  const auto end = text_.find('\n', at_);
  at_ = end == npos ? text_.size() : end + 1;
  if (end == npos) return false;
  rest_to_come_ = false;
  ++breaks_;
  return true;
}

/// The line that begins at at_ ends there; npos: not in sight.
bool text_lines::take(std::size_t end) {
  if (at_ >= text_.size()) return false;
  const bool too_far = text_.size() - at_ > longest;
  if (end == npos && !finished_ && !too_far) return false;
  // The last line may lack its end, and have line breaks in its strings.
  const bool is_last = end == npos && finished_ && !too_far && !finder_.in_string();
  if (is_last) end = text_.size();
  if (end == npos) end = std::min(text_.find('\n', at_), text_.size());
  const bool has_end = end < text_.size();
  rest_to_come_ = !has_end && !finished_;
  line_ = text_.substr(at_, end - at_);
  at_ = has_end ? end + 1 : end;
  finder_.restart();
  number_ += breaks_;
  breaks_ = static_cast<std::uint64_t>(std::count(line_.begin(), line_.end(), '\n'));
  breaks_ += has_end ? 1U : 0U;
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  return true;
}

std::string text_lines::wrong() const {
  if (!too_long()) return {};
  return fmt::format("the line takes {}{} bytes: allowed are {}", rest_to_come_ ? "more than " : "",
                     line_.size(), longest);
}

}  // namespace kapacitor
