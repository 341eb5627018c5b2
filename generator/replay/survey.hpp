#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "replay/replay_file.hpp"

namespace kapacitor::generator {

/// What InfluxDB or Kapacitor will not take as it was meant in the points of a file.
struct survey {
  /// Texts of a field that somebody may have meant as numbers. Tables say so themselves.
  struct texts {
    std::uint64_t points = 0;
    std::string such_as;
  };
  std::map<std::pair<std::string, std::string>, texts> like_numbers;  // by measurement and field
  std::uint64_t not_utf8 = 0;                                         // points
  std::string first_not_utf8;     // the series of the first of them
  std::uint64_t overwritten = 0;  // points that InfluxDB will not keep
};

/// Reads every point once more. Errors: run_ended if the file was shortened meanwhile
survey survey_of(const replay_file& file, std::int64_t time_unit);

/// A line for people of each thing; empty if all is well.
std::string to_text(const survey& s);

/// Whether a text is a number as people and spreadsheets write it: 1,5 or 1,721.99 or 12%.
bool looks_like_number(std::string_view text);

}  // namespace kapacitor::generator
