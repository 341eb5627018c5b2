#include "sink/file_target.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"

namespace kapacitor::generator {

std::shared_ptr<line_file> line_file::standard_output() {
  return std::shared_ptr<line_file>(new line_file(piece_file(STDOUT_FILENO)));
}

std::shared_ptr<line_file> line_file::create(const std::string& path) {
  piece_file file(path, piece_file::begin::empty);
  if (file.is_open()) return std::shared_ptr<line_file>(new line_file(std::move(file)));
  throw usage_error("--output: cannot write " + path + ": " + why_not_written(path, errno));
}

server_answer line_file::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  const int error = file_.append(lines);
  if (error == 0) {
    server_answer a{204};
    a.wire_bytes = lines.size();
    return a;
  }
  if (error == EPIPE) return {target::reader_gone, std::strerror(error)};
  const bool may_pass = error == ENOSPC || error == EDQUOT || error == EIO;
  return {may_pass ? 0 : target::not_written, std::strerror(error)};
}

}  // namespace kapacitor::generator
