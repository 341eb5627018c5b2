#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kapacitor::udf::detail {

/// Pieces of an encoded message that belong together, in order; neighbours become one piece.
///
/// There is one as a rule: Kapacitor writes a message's fields in the order of their numbers.
/// Lifetime: views into the message.
class raw_pieces {
 public:
  void clear() {
    first_ = {};
    rest_.clear();
  }
  /// Adds the bytes from `from` to `to`, behind all others; no bytes: nothing.
  void add(const char* from, const char* to) {
    if (from == to) return;
    if (empty()) {
      first_ = view(from, to);
    } else if (auto& last = rest_.empty() ? first_ : rest_.back(); end(last) == from) {
      last = view(last.data(), to);
    } else {
      rest_.push_back(view(from, to));
    }
  }
  /// Forgets the first `n` bytes of the first piece.
  void remove_prefix(std::size_t n) { first_.remove_prefix(n); }

  bool empty() const { return first_.empty() && rest_.empty(); }
  /// Bytes of all pieces.
  std::size_t size() const {
    auto n = first_.size();
    for (const auto piece : rest_) n += piece.size();
    return n;
  }
  /// The first piece, mostly the only one, and the others.
  std::string_view first() const { return first_; }
  const std::vector<std::string_view>& rest() const { return rest_; }

 private:
  static const char* end(std::string_view piece) { return piece.data() + piece.size(); }
  static std::string_view view(const char* from, const char* to) {
    return {from, static_cast<std::size_t>(to - from)};
  }

  std::string_view first_;
  std::vector<std::string_view> rest_;
};

}  // namespace kapacitor::udf::detail
