#pragma once

#include <string>
#include <string_view>

#include "base/line/text_lines.hpp"
#include "replay/index.hpp"

namespace kapacitor::generator {

// The first pass over a file of line protocol: finds its points, and what is wrong with it.

/// What a text is written in, by its content. Errors: usage_error if that cannot be told
format_guess detect_format(std::string_view text, const std::string& path);

/// Line protocol; in an export also the headings.
void index_lines(std::string_view text, const replay_settings& s, bool headings, index_builder& to);
void index_recording(std::string_view text, const replay_settings& s, index_builder& to);

}  // namespace kapacitor::generator
