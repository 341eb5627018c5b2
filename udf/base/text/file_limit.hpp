#pragma once

#include <string>

namespace kapacitor {

/// Which files may be opened whose paths others have chosen, such as the author of a TICKscript:
/// who may define a task could read with it whatever this process may read.
///
/// The limit is one for the process, set before it serves. Links and `..` cannot lead out of the
/// folder: the kernel follows the path (openat2, Linux 5.6), so no change of the folder in between
/// helps.
class file_limit {
 public:
  /// `dir`: a folder; `none`: no file at all; empty: any file.
  static void set(const std::string& dir);
  /// Errors: usage_error if the folder cannot be used, or the kernel cannot keep to it
  static void check();
  /// What was set, a folder with its whole path.
  static const std::string& dir();

  /// Opens a file for reading. A path that is not absolute counts from the folder.
  ///
  /// Returns: a descriptor, close-on-exec
  /// Errors: std::runtime_error with the reason, without the path
  static int open(const std::string& path, int flags);
};

}  // namespace kapacitor
