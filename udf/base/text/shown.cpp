#include "base/text/shown.hpp"

namespace kapacitor::inline base {

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result = "'";
  for (const char c : text.substr(0, longest)) {
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return result + (text.size() > longest ? "…'" : "'");
}

}  // namespace kapacitor::inline base
