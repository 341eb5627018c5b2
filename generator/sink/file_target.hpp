#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/delivery/target.hpp"

namespace kapacitor::generator {

/// A file, or stdout, that several lanes write to: whole batches, one at a time.
///
/// Threads: any
class line_file {
 public:
  static std::shared_ptr<line_file> standard_output();
  /// Made again. Errors: usage_error that names --output
  static std::shared_ptr<line_file> create(const std::string& path);
  ~line_file();
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  /// Waits until all is written. Errors: an answer of 403 with the reason; reader_gone where nobody
  /// reads the pipe any more
  answer write(std::string_view lines);

 private:
  line_file(int file, bool own) : file_(file), own_(own) {}

  std::mutex mutex_;
  int file_;
  bool own_;
};

/// Writes line protocol to a file.
class file_target final : public target {
 public:
  explicit file_target(std::shared_ptr<line_file> to) : to_(std::move(to)) {}

  void send(const batch& b, std::function<void(answer)> done) override {
    done(to_->write(b.lines));
  }

 private:
  std::shared_ptr<line_file> to_;
};

}  // namespace kapacitor::generator
