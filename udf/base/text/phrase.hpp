#pragma once

#include <cstdint>
#include <string>

// Small parts of messages.
namespace kapacitor {

/// "1 task", "3 tasks".
inline std::string counted(std::uint64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

/// The text with spaces for its line breaks and other control characters.
inline std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

}  // namespace kapacitor
