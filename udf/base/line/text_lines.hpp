#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/line/line_end.hpp"

namespace kapacitor {

/// Takes lines off a text, one after the other; the text is there as a whole, or comes piece by
/// piece. Lines may end in CR LF. No I/O.
///
/// A string that is opened and not closed within `longest` bytes ends with its first line: one bad
/// line must not take the rest of the text along. Of a line that is longer and comes piece by
/// piece, what comes later is left out: it is no line of its own, though it may look like one.
class text_lines {
 public:
  static constexpr std::size_t longest = 25'000'000;  // bytes of a line: InfluxDB's of a request

  /// Text comes by feed().
  text_lines() = default;
  /// Lifetime: that of the text
  explicit text_lines(std::string_view whole) : text_(whole), finished_(true) {}
  // text_ may point into fed_.
  text_lines(const text_lines&) = delete;
  text_lines& operator=(const text_lines&) = delete;

  /// Adds text; line() is then gone.
  void feed(std::string_view text);
  /// There is no more text: the last line may lack its end.
  void finish() { finished_ = true; }
  bool finished() const { return finished_; }

  /// Goes on to the next line of line protocol, which may hold line breaks in its strings. False at
  /// the end, or if more text is needed to find the line's.
  bool next();
  /// A plain line: to the next line break.
  bool next_plain();

  std::string_view line() const { return line_; }
  /// Of the line, where it begins, from 1.
  std::uint64_t number() const { return number_; }
  /// Whether the line is longer than `longest`; of text that is fed, the rest may be missing.
  bool too_long() const { return line_.size() > longest; }
  /// Empty, or what is wrong with the line whatever is in it: too long.
  std::string wrong() const;

 private:
  bool take(std::size_t end);
  bool skip_rest();

  std::string_view text_;
  std::string fed_;
  std::size_t at_ = 0;
  bool finished_ = false;
  bool rest_to_come_ = false;  // of the line, which is too long
  line_end_finder finder_;
  std::string_view line_;
  std::uint64_t number_ = 0;
  std::uint64_t breaks_ = 1;  // in the line, with the one at its end; before the first, 1
};

}  // namespace kapacitor
