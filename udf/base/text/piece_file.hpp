#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace kapacitor {

/// A file that whole pieces are appended to: lines, rows, requests.
///
/// A piece is in the file as a whole, or not at all: what a full disk has taken of it is taken
/// back. The caller counts the piece, and may go on with the next one: a disk does not stay full.
/// Of a file that others append to as well, or that is no regular file, nothing can be taken back;
/// the next piece then begins on a line of its own.
///
/// Threads: one at a time
class piece_file {
 public:
  enum class begin { empty, at_the_end };

  piece_file() = default;
  /// A descriptor of somebody else's, such as that of stdout; it stays open.
  explicit piece_file(int descriptor) : fd_(descriptor) {}
  /// Opens the file, or makes it. is_open() says whether that worked, errno why not.
  piece_file(const std::string& path, begin at);
  ~piece_file() { close(); }
  piece_file(piece_file&& other) noexcept { *this = std::move(other); }
  piece_file& operator=(piece_file&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }
  int descriptor() const { return fd_; }
  /// Returns: 0, or the errno that says why the piece is not in the file.
  int append(std::string_view piece);

  struct taken {
    std::size_t pieces = 0;  // that are in the file, the first ones
    int error = 0;           // why the others are not
  };
  /// Several pieces in one text, each with the place where it ends.
  taken append(std::string_view text, std::span<const std::size_t> ends);
  /// Waits until the disk has everything. Returns: 0 or an errno
  int sync() const;
  void close();

 private:
  bool removed() const;
  long long end() const;
  taken take_back(long long start, std::size_t written, std::span<const std::size_t> ends);

  int fd_ = -1;
  bool own_ = false, shared_ = false, torn_ = false;
};

/// Why a file could not be written, by errno; if its folder is missing, with what to do. No program
/// makes folders: one that a typo names would stay unseen.
std::string why_not_written(const std::string& path, int error);

/// For a file that is written at the end only. Errors: usage_error "FLAG PATH: …" if its folder is
/// missing
void require_folder(std::string_view flag, const std::string& path);

/// Replaces a file by new content: at any time there is the old one or the new one, whole. What is
/// no regular file, such as a pipe, is written to as it is.
///
/// Returns: empty, or why the file could not be written
std::string replace_file(const std::string& path, std::string_view content);

}  // namespace kapacitor
