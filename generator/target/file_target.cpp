#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "target/target.hpp"

namespace kapacitor::generator {

void file_target::send(const batch& b, std::function<void(answer)> done) {
  std::size_t written = 0;
  while (written < b.lines.size()) {
    const auto n = ::write(file_, b.lines.data() + written, b.lines.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return done({errno == EPIPE ? 410 : 403, std::strerror(errno)});
    written += static_cast<std::size_t>(n);
  }
  done({204, {}});
}

}  // namespace kapacitor::generator
