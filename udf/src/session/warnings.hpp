#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/text/doubling.hpp"

namespace kapacitor::udf::agent {

/// What a function has warned of, until the session logs it.
class warnings {
 public:
  static constexpr std::size_t most = 100;  // different texts; others are counted together

  void add(std::string_view text) {
    auto at = by_text_.find(text);
    if (at == by_text_.end()) {
      if (by_text_.size() >= most) text = "warnings with more than 100 different texts";
      at = by_text_.emplace(text, one{}).first;
    }
    ++at->second.count;
    is_new_ = true;
  }
  bool any_new() const { return is_new_; }
  /// Calls say(text, count) for each that is due.
  template <class Say>
  void take_due(Say say) {
    if (!is_new_) return;
    is_new_ = false;
    for (auto& [text, w] : by_text_) {
      if (w.count != 0 && w.when.due(w.count)) say(std::string_view(text), w.count);
    }
  }

 private:
  struct one {
    std::uint64_t count = 0;
    doubling when;
  };

  std::map<std::string, one, std::less<>> by_text_;
  bool is_new_ = false;
};

}  // namespace kapacitor::udf::agent
