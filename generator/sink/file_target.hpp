#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/delivery/target.hpp"
#include "base/text/piece_file.hpp"

namespace kapacitor::generator {

/// A file, or stdout, that several lanes write to: whole batches, one at a time. What a full disk
/// has taken of a batch is taken back.
///
/// Threads: any
class line_file {
 public:
  static std::shared_ptr<line_file> standard_output();
  /// Made again. Errors: usage_error that names --output
  static std::shared_ptr<line_file> create(const std::string& path);
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  /// Waits until all is written. Errors: an answer without a status where trying again may help, as
  /// on a full disk; else not_written with the reason, or reader_gone if nobody reads the pipe any
  /// more
  server_answer write(std::string_view lines);

 private:
  explicit line_file(piece_file file) : file_(std::move(file)) {}

  std::mutex mutex_;
  piece_file file_;
};

/// Writes line protocol to a file.
class file_target final : public target {
 public:
  /// `patient`: waits for room on a full disk, as for a server that is away.
  file_target(std::shared_ptr<line_file> to, bool patient)
      : to_(std::move(to)), patient_(patient) {}

  void send(const batch& b, std::function<void(server_answer)> done) override {
    auto a = to_->write(b.lines);
    if (a.status == 0 && !patient_) a.status = not_written;
    done(std::move(a));
  }

 private:
  std::shared_ptr<line_file> to_;
  bool patient_;
};

}  // namespace kapacitor::generator
