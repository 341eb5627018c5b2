#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kapacitor {

/// How a column of a table writes its numbers: the decimal mark, and what may stand between groups
/// of three digits. A blank between groups may be a no-break space or an apostrophe as well.
enum class number_style : std::uint8_t {
  plain,              // 1721992.28
  comma,              // 1721992,28
  comma_groups,       // 1,721,992.28
  point_groups,       // 1.721.992,28
  blank_groups,       // 1 721 992.28
  blank_groups_comma  // 1 721 992,28
};

/// A set of styles.
class number_styles {
 public:
  constexpr number_styles() = default;
  static constexpr number_styles all() { return number_styles(0x3f); }
  /// Those with a decimal comma; those with a decimal point.
  static constexpr number_styles with_comma() { return number_styles(0b101010); }
  static constexpr number_styles with_point() { return number_styles(0b010101); }
  static constexpr number_styles only(number_style s) {
    number_styles set;
    set.add(s);
    return set;
  }

  constexpr bool has(number_style s) const { return (bits_ >> static_cast<unsigned>(s) & 1U) != 0; }
  constexpr void add(number_style s) {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(s));
  }
  constexpr bool empty() const { return bits_ == 0; }
  /// The first of them. REQUIRES: not empty
  constexpr number_style first() const {
    auto s = number_style::plain;
    while (!has(s)) s = static_cast<number_style>(static_cast<unsigned>(s) + 1);
    return s;
  }
  friend constexpr number_styles operator|(number_styles a, number_styles b) {
    return number_styles(static_cast<std::uint8_t>(a.bits_ | b.bits_));
  }
  friend constexpr number_styles operator&(number_styles a, number_styles b) {
    return number_styles(static_cast<std::uint8_t>(a.bits_ & b.bits_));
  }
  friend constexpr bool operator==(number_styles, number_styles) = default;

 private:
  constexpr explicit number_styles(std::uint8_t bits) : bits_(bits) {}
  std::uint8_t bits_ = 0;
};

/// What a cell may be as a number.
struct number_look {
  number_styles styles;       // in which it is one; empty: it is no number
  number_styles integers;     // in which it is a whole number
  bool percent = false;       // a percent sign follows
  bool leading_zero = false;  // such as 007, which may be a code
};
number_look look_at_number(std::string_view cell);

/// Such numbers are the most: digits, and a point within them if any.
struct simple_number {
  bool is_one = false, has_point = false;
  bool looks_grouped = false;  // 12.345 may be a number with groups of digits
};
simple_number look_at_simple(std::string_view cell);

/// Writes a number as line protocol has it: with a decimal point, no groups, no plus and no percent
/// sign; at most as long as the cell. Returns: one past the last character.
///
/// REQUIRES: it is a number in that style
char* write_plain_number(std::string_view cell, number_style style, char* out);

/// "1.5", "1,5", "1,721.5" …: an example for messages.
std::string_view example_of(number_style style);

}  // namespace kapacitor
