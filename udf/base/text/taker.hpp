#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kapacitor {

/// Takes characters off the front of a text; remembers whether they ever were other than wanted.
class taker {
 public:
  explicit taker(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + digit();
    return value;
  }
  /// One digit at least.
  int up_to_digits(std::size_t most) {
    int value = digit();
    for (std::size_t i = 1; i < most && have(digits_); ++i) value = value * 10 + digit();
    return value;
  }
  bool have(std::string_view any_of) const {
    return !rest_.empty() && any_of.find(rest_.front()) != std::string_view::npos;
  }
  char one(std::string_view any_of) {
    if (!have(any_of)) return fail(), '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  /// Takes the word if it comes next. Returns: whether it did
  bool word(std::string_view w) {
    if (!rest_.starts_with(w)) return false;
    rest_.remove_prefix(w.size());
    return true;
  }
  void skip(std::string_view any_of) {
    while (have(any_of)) rest_.remove_prefix(1);
  }
  /// Digits up to the first other character, as parts of `whole`; what is finer is dropped.
  std::int64_t fraction(std::int64_t whole) {
    std::int64_t sum = 0;
    if (!have(digits_)) fail();
    while (have(digits_)) sum += digit() * (whole /= 10);
    return sum;
  }
  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  bool at_end() const { return rest_.empty(); }

 private:
  static constexpr std::string_view digits_ = "0123456789";
  int digit() { return one(digits_) - (ok_ ? '0' : 0); }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace kapacitor
