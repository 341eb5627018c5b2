#include "functions/enrichment/table_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/text/file_limit.hpp"

namespace kapacitor::udf::functions {
namespace {

std::string reason() {
  return std::generic_category().message(errno);
}

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

auto identity_of(const struct stat& s) {
  return std::tuple{std::uint64_t{s.st_dev}, std::uint64_t{s.st_ino}, std::int64_t{s.st_size},
                    std::int64_t{s.st_mtim.tv_sec}, std::int64_t{s.st_mtim.tv_nsec}};
}

/// What is at the path now; nothing if there is nothing that a task may see.
std::optional<struct stat> status_of(const std::string& path) {
  try {
    const descriptor file(file_limit::open(path, O_PATH));
    struct stat now {};
    if (::fstat(file.get(), &now) == 0) return now;
  } catch (const std::exception&) {
    // The look that reads it says why.
  }
  return std::nullopt;
}

descriptor open_file(const std::string& path) {
  try {
    // Without waiting: a pipe would have to be written to first.
    return descriptor(file_limit::open(path, O_RDONLY | O_NONBLOCK));
  } catch (const std::exception& problem) {
    throw std::runtime_error("cannot read " + path + ": " + problem.what());
  }
}

}  // namespace

table_file::table_file(std::string path, table_shape shape, std::chrono::nanoseconds every)
    : path_(std::move(path)), shape_(std::move(shape)), every_(every) {
  read();
  // The first point brings a look: only then can warnings be given.
  next_look_ = std::chrono::steady_clock::now() +
               (table_->warnings().empty() ? every_ : std::chrono::nanoseconds(0));
}

void table_file::warn(udf::emitter& out) {
  if (std::exchange(told_, true)) return;
  for (const auto& what : table_->warnings()) out.warn(path_ + ": " + what);
}

void table_file::look(udf::emitter& out) {
  next_look_ = std::chrono::steady_clock::now() + every_;
  warn(out);
  const auto now = status_of(path_);
  if (now ? identity_of(*now) == seen_ : seen_ == identity{}) return;
  try {
    read();
    warn(out);
  } catch (const std::exception& problem) {
    out.warn(std::string("the table stays as it was: ") + problem.what());
  }
}

void table_file::read() {
  seen_ = {};  // until it is there
  auto text = read_text();
  try {
    table_ = std::make_unique<const lookup_table>(std::move(text), shape_);
    told_ = false;
    pin_types();
  } catch (const std::exception& problem) {
    throw std::runtime_error(path_ + ":" + problem.what());
  }
}

/// From now on each field has the type that it has in this table.
void table_file::pin_types() {
  for (std::size_t i = 0; i < shape_.fields.size(); ++i) {
    auto& field = shape_.fields[i];
    if (field.type != field_type::any || table_->types()[i] == field_type::any) continue;
    field.type = table_->types()[i];
    field.pinned = true;
  }
}

std::string table_file::read_text() {
  const auto fail = [&](const std::string& why) {
    throw std::runtime_error("cannot read " + path_ + ": " + why);
  };
  const auto file = open_file(path_);
  struct stat now {};
  if (::fstat(file.get(), &now) != 0) fail(reason());
  if (!S_ISREG(now.st_mode)) fail("it is not a file");
  // Before the content: what is written in the meantime is seen at the next look.
  seen_ = identity_of(now);
  std::string text;
  for (std::size_t size = 0;;) {
    text.resize(
        std::max(size + 65'536, std::min(static_cast<std::size_t>(now.st_size), most_bytes) + 1));
    const auto n = ::read(file.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(reason());
    size += static_cast<std::size_t>(n);
    text.resize(size);
    if (size > most_bytes) fail("it is larger than 64 MiB");
    if (n == 0) return text;
  }
}

}  // namespace kapacitor::udf::functions
