#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "replay/replay_file.hpp"

namespace kapacitor::generator {

/// What the points of a file hold, as InfluxDB will see it.
struct survey {
  /// A field in all points of a measurement.
  struct field {
    std::array<std::uint64_t, 4> points{};  // real, integer, boolean, text
    std::uint64_t like_numbers = 0;         // texts that somebody may have meant as numbers
    std::string such_as;                    // one of them
  };
  std::map<std::string, std::map<std::string, field>> fields;  // by measurement and name
  std::uint64_t not_utf8 = 0;                                  // points
  std::string first_not_utf8;                                  // the series of the first of them
  std::uint64_t overwritten = 0;                               // points that InfluxDB will not keep
  std::uint64_t of_1970 = 0;                                   // points with a time of that year
};

/// Reads every point once more. Errors: run_ended if the file was shortened meanwhile
survey survey_of(const replay_file& file, std::int64_t time_unit);

/// Several lines of text for people: the fields with their types, then what is not as it should be.
std::string to_text(const survey& s);

/// Whether a text is a number as people and spreadsheets write it: 1,5 or 1,721.99 or 12%.
bool looks_like_number(std::string_view text);

}  // namespace kapacitor::generator
