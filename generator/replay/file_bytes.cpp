#include "replay/file_bytes.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <new>
#include <stdexcept>
#include <system_error>

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <fmt/format.h>

#include "base/influxdb/gzip.hpp"
#include "base/text/encoding.hpp"
#include "base/text/error.hpp"
#include "base/text/held_text.hpp"

namespace kapacitor::generator {

/// A mapping that a bus error is told of: the file does not reach as far as it any more.
struct guarded_range {
  std::atomic<const char*> begin{nullptr};  // null: not in use
  std::atomic<std::size_t> size{0};
  std::atomic<bool> lost{false};
};

namespace {

namespace ipc = boost::interprocess;

guarded_range guarded_ranges[64];

void require_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw usage_error(fmt::format("{}: {}", path, error ? error.message() : "no such file"));
  }
  if (std::filesystem::is_directory(status)) {
    throw usage_error(path + ": is a directory; allowed is a file");
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw usage_error(path + ": is no regular file, which could be read in the order of time");
  }
  if (std::filesystem::file_size(path, error) == 0) throw usage_error(path + ": is empty");
}

/// Puts zeros in the place of the page that is gone. Only what is allowed in a signal handler.
void on_bus_error(int, siginfo_t* info, void*) {
  const auto* at = static_cast<const char*>(info->si_addr);
  for (auto& range : guarded_ranges) {
    const char* begin = range.begin.load(std::memory_order_acquire);
    if (!begin || at < begin || at >= begin + range.size.load(std::memory_order_relaxed)) continue;
    const auto page = static_cast<std::size_t>(::getpagesize());
    auto* const start = static_cast<char*>(info->si_addr) - (at - begin) % static_cast<long>(page);
    range.lost.store(true, std::memory_order_relaxed);
    const auto flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (::mmap(start, page, PROT_READ, flags, -1, 0) != MAP_FAILED) return;
  }
  ::signal(SIGBUS, SIG_DFL);  // somebody else's: it happens again, and ends the program
}

void handle_bus_errors() {
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  ::sigaction(SIGBUS, &action, nullptr);
}

std::string unpack(const std::string& path, std::string_view packed, std::size_t most) {
  constexpr std::size_t piece = 65'536;  // unpacks to 64 MiB at most
  const auto too_large = [&](const std::string& size) {
    return usage_error(fmt::format(
        "{}: unpacks to {}: unpack it with gunzip, a file that is not packed is not held in memory",
        path, size));
  };
  gzip_reader reader;
  std::string text;
  try {
    for (auto rest = packed; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
      reader.unpack(rest.substr(0, piece), text);
      if (text.size() > most) throw too_large(too_much_text(most));
    }
  } catch (const std::bad_alloc&) {
    throw too_large("more than there is memory for");
  } catch (const usage_error&) {
    throw;
  } catch (const std::runtime_error& error) {
    throw usage_error(fmt::format("{}: damaged gzip: {}", path, error.what()));
  }
  if (!reader.complete()) throw usage_error(path + ": the gzip is cut off, or still being written");
  return text;
}

}  // namespace

class file_bytes::mapping {
 public:
  explicit mapping(const std::string& path)
      : file_(path.c_str(), ipc::read_only), region_(file_, ipc::read_only) {
    static std::once_flag once;
    std::call_once(once, handle_bus_errors);
    for (auto& range : guarded_ranges) {
      const char* unused = nullptr;
      if (!range.begin.compare_exchange_strong(unused, text().data())) continue;
      range.lost = false;
      range.size = text().size();
      range_ = &range;
      return;
    }
  }
  ~mapping() {
    if (!range_) return;
    range_->size = 0;
    range_->begin = nullptr;
  }
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;

  std::string_view text() const {
    return {static_cast<const char*>(region_.get_address()), region_.get_size()};
  }
  bool lost() const { return range_ && range_->lost.load(std::memory_order_relaxed); }
  bool is_shorter() const {
    struct stat status {};
    return ::fstat(file_.get_mapping_handle().handle, &status) == 0 &&
           static_cast<std::size_t>(status.st_size) < text().size();
  }

 private:
  ipc::file_mapping file_;
  ipc::mapped_region region_;
  guarded_range* range_ = nullptr;
};

file_bytes::file_bytes(const std::string& path, std::size_t most_unpacked) {
  require_file(path);
  try {
    mapping_ = std::make_unique<mapping>(path);
  } catch (const ipc::interprocess_exception& error) {
    throw usage_error(fmt::format("{}: cannot be read: {}", path, error.what()));
  }
  text_ = mapping_->text();
  if (looks_like_gzip(text_)) {
    unpacked_ = unpack(path, text_, most_unpacked);
    mapping_.reset();
    text_ = unpacked_;
    if (text_.empty()) throw usage_error(path + ": is empty");
  }
  if (const auto why = why_not_text(text_); !why.empty()) {
    throw usage_error(fmt::format("{}: {}", path, why));
  }
}

file_bytes::~file_bytes() = default;

bool file_bytes::seems_intact() const {
  return !mapping_ || !mapping_->lost();
}

bool file_bytes::intact() const {
  return seems_intact() && (!mapping_ || !mapping_->is_shorter());
}

}  // namespace kapacitor::generator
