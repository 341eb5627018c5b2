#include "base/text/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/text/encoding.hpp"
#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

// Not std::ifstream: it opens folders, and does not say why it cannot read.
class descriptor {
 public:
  explicit descriptor(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  bool is_open() const { return fd_ >= 0; }
  /// Appends the next bytes. Returns: how many there were; 0: the end; -1: errno says why not
  ssize_t read(std::string& to) const {
    char piece[16384];
    ssize_t n = -1;
    do {
      n = ::read(fd_, piece, sizeof piece);
    } while (n < 0 && errno == EINTR);
    if (n > 0) to.append(piece, static_cast<std::size_t>(n));
    return n;
  }

 private:
  int fd_;
};

}  // namespace

std::string read_file(const std::string& path, std::size_t most) {
  const descriptor file(path);
  std::string text;
  ssize_t n = file.is_open() ? 1 : -1;
  while (n > 0 && text.size() <= most) n = file.read(text);
  if (text.size() > most) {
    throw usage_error("cannot read " + in_quotes(path) + ": it has more than " +
                      std::to_string(most) + " bytes");
  }
  if (n < 0) {
    const auto reason = std::generic_category().message(errno);
    throw usage_error("cannot read " + in_quotes(path) + ": " + reason);
  }
  return text;
}

std::string read_text_file(const std::string& path) {
  auto text = read_file(path);
  if (const auto why = why_not_text(text); !why.empty()) {
    throw usage_error("cannot read " + in_quotes(path) + ": it " + std::string(why));
  }
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  return text;
}

}  // namespace kapacitor
