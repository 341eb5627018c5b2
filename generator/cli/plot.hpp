#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kapacitor::generator {

/// Draws values from left to right with the dots of Braille characters, two columns and four rows
/// in each; below them a mark under each column that has a marked value.
///
/// Shape: `height` lines of half as many characters as there are values, with a scale on the left
std::string draw(const std::vector<double>& values, const std::vector<bool>& marks,
                 std::size_t height);

}  // namespace kapacitor::generator
