#include "cli/plot.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace kapacitor::generator {
namespace {

// The bit of each dot in a Braille character, by row and column. Source: Unicode, block U+2800
constexpr unsigned dots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

/// A character of the block U+2800 … U+28FF in UTF-8.
std::string braille(unsigned bits) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  return {byte(0xe2), byte(0xa0 | bits >> 6U), byte(0x80 | (bits & 0x3fU))};
}

struct extent {
  double low, high;
};

extent extent_of(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low < *high) return {*low, *high};
  // A constant runs through the middle.
  const double room = std::max(1.0, std::fabs(*low) / 10);
  return {*low - room, *low + room};
}

}  // namespace

std::string draw(const std::vector<double>& values, const std::vector<bool>& marks,
                 std::size_t height) {
  const auto [low, high] = extent_of(values);
  const auto width = (values.size() + 1) / 2;
  std::vector<unsigned> cells(width * height);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double part = (high - values[i]) / (high - low);
    const auto row =
        static_cast<std::size_t>(std::lround(part * static_cast<double>(height * 4 - 1)));
    cells[row / 4 * width + i / 2] |= dots[row % 4][i % 2];
  }
  std::string text;
  for (std::size_t line = 0; line < height; ++line) {
    const bool is_edge = line == 0 || line + 1 == height;
    text += is_edge ? fmt::format("{:>10.5g} ", line == 0 ? high : low) : std::string(11, ' ');
    for (std::size_t i = 0; i < width; ++i) text += braille(cells[line * width + i]);
    text += '\n';
  }
  if (std::find(marks.begin(), marks.end(), true) == marks.end()) return text;
  text += "   anomaly ";
  for (std::size_t i = 0; i < width; ++i) {
    const bool marked = marks[2 * i] || (2 * i + 1 < marks.size() && marks[2 * i + 1]);
    text += marked ? '^' : ' ';
  }
  return text + '\n';
}

}  // namespace kapacitor::generator
