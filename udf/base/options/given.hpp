#pragma once

#include <string>
#include <vector>

#include "base/options/table.hpp"

namespace kapacitor {

/// An option as a flag, a variable or a file gives it.
struct given_option {
  const option_row* row;
  std::vector<std::string> texts;
  std::string where;  // for messages: "--threads", "KAPACITOR_UDFD_THREADS", "x.toml:1:11: threads"
};

using given_options = std::vector<given_option>;

/// The names of options, without dashes.
std::vector<std::string> names_of(const std::vector<const option_row*>& rows);

}  // namespace kapacitor
