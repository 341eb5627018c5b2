#include "base/text/shown.hpp"

#include "base/text/quote.hpp"

namespace kapacitor {

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  auto result = in_quotes(text.substr(0, longest));
  if (text.size() > longest) result.insert(result.size() - 1, "…");
  return result;
}

}  // namespace kapacitor
