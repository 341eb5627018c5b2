#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/text/choice.hpp"

namespace kapacitor {

/// What a file of points is written in.
///
///   csv            tables: see point_table
///   nab            the CSV of the Numenta Anomaly Benchmark: timestamp,value
///   lines          line protocol
///   influx_export  what influx_inspect export writes: line protocol with a heading
///   recording      Kapacitor's .srpl: three lines for each point, database, retention policy,
///   point
enum class file_format { csv, nab, lines, influx_export, recording };

using file_format_choices = std::span<const choice<std::optional<file_format>>>;
/// "csv", "nab", "line", "export", "srpl"; "auto": nothing, as the content says.
file_format_choices file_formats();
std::string_view to_text(file_format format);

/// What the beginning of a file tells.
struct format_guess {
  std::optional<file_format> format;  // empty: it is nothing we know
  bool needs_more = false;            // more of the file may tell
  std::string name_warning = {};      // "its name …": it says another format; else empty
};

/// By the content: the name decides only where that leaves it open.
///
/// `whole`: the text is all of the file, or so much that there is no need for more.
format_guess guess_format(std::string_view text, bool whole, const std::string& path);

/// Bytes that suffice.
inline constexpr std::size_t enough_to_guess = 65'536;

}  // namespace kapacitor
