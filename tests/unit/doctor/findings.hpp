#pragma once

#include <string>
#include <vector>

#include "doctor/finding.hpp"

namespace kapacitor::udf::doctor {

/// A report whose lines are kept.
struct findings {
  std::vector<std::string> lines{};
  report to{[this](const finding& f) { lines.push_back(text_of(f)); }};

  std::string all() const {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
  }
};

}  // namespace kapacitor::udf::doctor
