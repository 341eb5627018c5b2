#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kapacitor {

/// How a CSV file separates its cells.
struct csv_dialect {
  char separator = ',';     // a comma, ';', a tab, '|', or what a line "sep=…" names
  bool all_quoted = false;  // each name of the header is in quotes: quotes say nothing of a type
  std::size_t begin = 0;    // where the first record begins, behind a byte order mark and "sep=…"
};

/// By the line "sep=…" if there is one, else by the first 50 records: the separator that makes the
/// same number of cells, two at least, of nearly all of them; of several the one that makes most.
csv_dialect detect_dialect(std::string_view text);

/// "comma", "semicolon", "tab", or the character itself.
std::string name_of_separator(char separator);

}  // namespace kapacitor
