#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kapacitor::generator {

/// A stretch of a file that is anomalous, as NAB has it: both ends belong to it. ns
struct nab_window {
  std::int64_t start = 0, end = 0;
};

/// The windows of one data file.
struct nab_windows {
  std::string file;  // as the windows' file names it, such as realTweets/x.csv
  std::vector<nab_window> windows;
};

/// Reads what NAB's combined_windows.json says of a data file, which it names by the end of its
/// path.
///
/// Errors: usage_error if it cannot be read, is no such JSON or does not name the data file
nab_windows read_nab_windows(const std::string& path, const std::string& data_file);

}  // namespace kapacitor::generator
