#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kapacitor::generator {

/// Takes lines off a text, one after the other. A line may hold line breaks where the function that
/// finds its end says so; lines may end in CR LF.
class text_lines {
 public:
  static constexpr std::size_t longest = std::size_t{1} << 20U;  // bytes of a line
  using find_end = std::size_t (*)(std::string_view text, std::size_t from);

  explicit text_lines(std::string_view text) : text_(text) {}

  /// Goes on to the next line; false at the end.
  bool next(find_end end);
  std::string_view line() const { return line_; }
  /// Of the line, where it begins, from 1.
  std::uint64_t number() const { return number_; }
  /// Empty, or what is wrong with the line whatever it says: too long, or NUL bytes in it.
  std::string wrong() const;

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view line_;
  std::uint64_t number_ = 0;
  std::uint64_t breaks_ = 1;  // in the line, with the one at its end
};

/// The end of a line without anything quoted.
std::size_t end_of_plain_line(std::string_view text, std::size_t from);

}  // namespace kapacitor::generator
