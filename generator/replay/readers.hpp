#pragma once

#include <string>
#include <string_view>

#include "base/line/text_lines.hpp"
#include "replay/csv_table.hpp"
#include "replay/index.hpp"

namespace kapacitor::generator {

// The first pass over a file: finds its points, and what is wrong with it.

/// Empty, or why the line is not text as people write it: too long, or NUL bytes in it.
std::string why_not_text(const text_lines& lines);

/// What a text is written in. Errors: usage_error if that cannot be told
file_format detect_format(std::string_view text, const std::string& path);

/// Line protocol; in an export also the headings.
void index_lines(std::string_view text, const replay_settings& s, bool headings, index_builder& to);
void index_recording(std::string_view text, const replay_settings& s, index_builder& to);
/// Returns what the columns are.
csv_table index_csv(std::string_view text, const replay_settings& s, index_builder& to);

}  // namespace kapacitor::generator
