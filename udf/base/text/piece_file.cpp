#include "base/text/piece_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/text/error.hpp"

namespace kapacitor {
namespace {

struct taken_part {
  std::size_t bytes = 0;
  int error = 0;
};

taken_part write_all(int fd, std::string_view bytes) {
  taken_part w;
  while (w.bytes < bytes.size()) {
    const auto n = ::write(fd, bytes.data() + w.bytes, bytes.size() - w.bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      w.error = n < 0 ? errno : EIO;
      return w;
    }
    w.bytes += static_cast<std::size_t>(n);
  }
  return w;
}

bool is_regular(int fd, struct stat& status) {
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/// Whether it is there, and has to be written to as it is: it is no regular file, or its folder
/// takes no file beside it.
bool is_to_stay(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status)) return false;
  const auto folder = std::filesystem::path(path).parent_path();
  return !std::filesystem::is_regular_file(status) ||
         ::access(folder.empty() ? "." : folder.c_str(), W_OK) != 0;
}

/// The folder of a file that is to be made; empty if it is there.
std::string missing_folder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  return folder.empty() || std::filesystem::exists(folder, ignored) ? "" : folder.string();
}

std::string message_of(const std::string& path, int error) {
  return error == 0 ? std::string() : why_not_written(path, error);
}

}  // namespace

std::string why_not_written(const std::string& path, int error) {
  const auto folder = error == ENOENT ? missing_folder(path) : std::string();
  if (folder.empty()) return std::generic_category().message(error);
  return "there is no folder " + folder + ": create it, or name another one";
}

void require_folder(std::string_view flag, const std::string& path) {
  if (path.empty() || path == "-" || missing_folder(path).empty()) return;
  throw usage_error(std::string(flag) + " " + path + ": " + why_not_written(path, ENOENT));
}

piece_file::piece_file(const std::string& path, begin at)
    : fd_(::open(
          path.c_str(),
          O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (at == begin::empty ? O_TRUNC : O_APPEND),
          0644)),
      own_(true),
      shared_(at == begin::at_the_end) {}

piece_file& piece_file::operator=(piece_file&& other) noexcept {
  if (this == &other) return *this;
  close();
  fd_ = std::exchange(other.fd_, -1);
  own_ = other.own_;
  shared_ = other.shared_;
  torn_ = std::exchange(other.torn_, false);
  return *this;
}

/// Whether nobody can find the file any more, as it was removed, alone or with its folder.
bool piece_file::removed() const {
  struct stat status {};
  return own_ && is_regular(fd_, status) && status.st_nlink == 0;
}

/// Where the next piece will begin; -1 if nothing can be taken back from there.
long long piece_file::end() const {
  struct stat status {};
  if (shared_ || !is_regular(fd_, status)) return -1;
  const bool appends = (::fcntl(fd_, F_GETFL) & O_APPEND) != 0;
  return ::lseek(fd_, 0, appends ? SEEK_END : SEEK_CUR);
}

int piece_file::append(std::string_view piece) {
  const std::size_t whole[] = {piece.size()};
  return append(piece, whole).error;
}

piece_file::taken piece_file::append(std::string_view text, std::span<const std::size_t> ends) {
  if (removed()) return {0, ENOENT};
  if (torn_) {
    const auto w = write_all(fd_, "\n");
    if (w.error != 0) return {0, w.error};
    torn_ = false;
  }
  const auto start = end();
  const auto w = write_all(fd_, text);
  if (w.error == 0) return {ends.size(), 0};
  auto kept = take_back(start, w.bytes, ends);
  kept.error = w.error;
  return kept;
}

/// Of what was written last, keeps the pieces that are whole.
piece_file::taken piece_file::take_back(long long start, std::size_t written,
                                        std::span<const std::size_t> ends) {
  const auto whole = std::upper_bound(ends.begin(), ends.end(), written) - ends.begin();
  const auto kept = whole > 0 ? ends[static_cast<std::size_t>(whole) - 1] : 0;
  const auto to = start + static_cast<long long>(kept);
  torn_ = kept < written;
  if (torn_ && start >= 0 && ::ftruncate(fd_, to) == 0 && ::lseek(fd_, to, SEEK_SET) >= 0) {
    torn_ = false;
  }
  return {static_cast<std::size_t>(whole), 0};
}

int piece_file::sync() const {
  if (removed()) return ENOENT;
  // EINVAL: nothing that could be synchronized, such as a pipe.
  return ::fsync(fd_) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

void piece_file::close() {
  if (fd_ >= 0 && own_) ::close(fd_);
  fd_ = -1;
}

std::string replace_file(const std::string& path, std::string_view content) {
  if (is_to_stay(path)) {
    piece_file file(path, piece_file::begin::empty);
    return message_of(path, file.is_open() ? file.append(content) : errno);
  }
  // Through a link: the file that it names is replaced.
  std::error_code is_new;
  const auto found = std::filesystem::canonical(path, is_new);
  const auto target = is_new ? path : found.string();
  const auto beside = target + ".new";
  piece_file file(beside, piece_file::begin::empty);
  if (!file.is_open()) return message_of(beside, errno);
  auto error = file.append(content);
  if (error == 0) error = file.sync();
  if (error == 0 && std::rename(beside.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(beside.c_str());
  return message_of(target, error);
}

}  // namespace kapacitor
