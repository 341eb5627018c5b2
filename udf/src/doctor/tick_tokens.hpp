#pragma once

#include <cstddef>
#include <string_view>

namespace kapacitor::udf::doctor {

/// A word of a TICKscript.
struct tick_token {
  enum class kind { end, name, text, number, duration, regex, reference, sign };
  kind what = kind::end;
  std::string_view text{};  // as it is written; of a sign: one character, or =~ and !~
  std::size_t line = 1;

  bool is(std::string_view sign) const { return what == kind::sign && text == sign; }
};

/// Splits a TICKscript into words, without comments.
class tick_tokens {
 public:
  explicit tick_tokens(std::string_view script) : rest_(script) {}

  tick_token next();

 private:
  void skip_blanks_and_comments();
  std::size_t length(tick_token::kind& what) const;
  std::size_t closed_by(std::string_view quote) const;
  std::size_t number_length(tick_token::kind& what) const;
  bool regex_may_follow() const;

  std::string_view rest_;
  std::size_t line_ = 1;
  tick_token last_{};
};

}  // namespace kapacitor::udf::doctor
