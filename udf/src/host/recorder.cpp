#include "host/recorder.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "connect/log.hpp"
#include "host/invalid_line.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t write_size = std::size_t{256} << 10;
/// For points of a slow stream: what a machine that fails may take along.
constexpr auto longest_wait = std::chrono::seconds(10);

std::string beside(const std::string& path) {
  return path + ".part";
}

/// A recording takes the place of the file when it is whole: that must never be a device or a pipe.
const std::string& replaceable(const std::string& path) {
  std::error_code ignored;
  const auto found = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(found) || std::filesystem::is_regular_file(found)) return path;
  throw start_error(path +
                    ": is no regular file, and a recording replaces what has its name: name "
                    "another file");
}

}  // namespace

recorder::recorder(const recorder_settings& s, totals& counts)
    : settings_(s), counts_(counts), file_(beside(replaceable(s.path)), piece_file::begin::empty) {
  if (!file_.is_open()) {
    throw start_error(fmt::format("{}: {}", s.path, why_not_written(s.path, errno)));
  }
}

recorder::~recorder() {
  if (file_.is_open() && counts_.written == 0) ::unlink(beside(settings_.path).c_str());
}

bool recorder::passes(const input_point& p) const {
  const auto any_or = [](const std::string& wanted, std::string_view given) {
    return wanted.empty() || wanted == given;
  };
  return any_or(settings_.database, p.database) && any_or(settings_.measurement, p.name) &&
         any_or(settings_.retention_policy, p.retention_policy);
}

void recorder::take(const input_point& p) {
  if (satisfied()) return;
  ++counts_.received;
  if (!passes(p)) {
    ++counts_.filtered;
    return;
  }
  if (!failure_.empty()) return counts_.lose(failure_, 1);
  const auto size = text_.size();
  if (settings_.format == text_format::recording) {
    text_.append(p.database).append("\n").append(p.retention_policy).append("\n");
  }
  const auto wrong = append_line(text_, {p.name, p.tags, {}, p.fields, p.time});
  if (!wrong.empty()) {
    text_.resize(size);
    return counts_.lose(fmt::format("cannot be written as a line: {}", wrong), 1);
  }
  ends_.push_back(text_.size());
  if (text_.size() >= write_size) write();
  if (satisfied() && on_satisfied) on_satisfied();
}

void recorder::flush() {
  const bool due = steady_clock::now() - written_at_ >= longest_wait;
  if (due && failure_.empty() && !text_.empty()) write();
}

void recorder::take_invalid(const input_line& line, std::string_view why) {
  count_invalid(line, why, counts_);
}

void recorder::write() {
  written_at_ = steady_clock::now();
  const auto taken = append();
  counts_.written += taken.pieces;
  ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(taken.pieces));
  if (taken.error != 0) return fail(taken.error);
  text_.clear();
}

// Each time a gzip of its own, one behind the other: whatever happens to the next one, the file
// ends with a whole one.
piece_file::taken recorder::append() {
  if (!settings_.packed) return file_.append(text_, ends_);
  std::string packed;
  gzip_.pack(text_, true, packed);
  const int error = file_.append(packed);
  return {error == 0 ? ends_.size() : 0, error};
}

// A recording with a gap in it would be taken for a whole one: it ends here.
void recorder::fail(int error) {
  failure_ = fmt::format("{}: {}", settings_.path, std::strerror(error));
  log().log(log_level::error, log_line("the recording ends, its file cannot be written")
                                  .add("file", settings_.path)
                                  .add("error", std::strerror(error)));
  counts_.lose(failure_, std::exchange(ends_, {}).size());
  text_.clear();
  if (on_satisfied) on_satisfied();
}

std::string recorder::close() {
  if (failure_.empty() && (counts_.written == 0 || !text_.empty())) write();
  int error = 0;
  if (failure_.empty()) error = file_.sync();
  if (error == 0 && failure_.empty() &&
      std::rename(beside(settings_.path).c_str(), settings_.path.c_str()) != 0) {
    error = errno;
  }
  if (error != 0) failure_ = fmt::format("{}: {}", settings_.path, std::strerror(error));
  auto why = failure_.empty() ? std::string() : keep();
  file_.close();
  return why;
}

/// What is left of a recording that is not whole.
std::string recorder::keep() {
  const auto part = beside(settings_.path);
  if (counts_.written == 0) {
    ::unlink(part.c_str());
    return failure_;
  }
  if (::access(part.c_str(), F_OK) != 0) {
    counts_.lose(failure_, std::exchange(counts_.written, 0));
    return failure_ + "; nothing is left of the recording";
  }
  return fmt::format("{}; {} points are in {}", failure_, counts_.written, part);
}

}  // namespace kapacitor::udf::host
