#include "host/file_input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/influxdb/gzip.hpp"
#include "base/text/error.hpp"
#include "connect/log.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t chunk_size = std::size_t{256} << 10;

int open_input(const std::string& path) {
  const bool standard = path == "-";
  // Through a file description of our own: stdin's is shared with others, who may not expect it to
  // be non-blocking. Where that does not work (a socket) stdin is used as it is.
  const int fd =
      ::open(standard ? "/proc/self/fd/0" : path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0 && standard) return ::dup(STDIN_FILENO);
  if (fd < 0) throw start_error(fmt::format("{}: {}", path, std::strerror(errno)));
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(fd);
    throw start_error(fmt::format("{}: is a directory", path));
  }
  // A regular file that is stdin may have been read in part.
  if (standard && S_ISREG(status.st_mode))
    ::lseek(fd, ::lseek(STDIN_FILENO, 0, SEEK_CUR), SEEK_SET);
  return fd;
}

bool can_be_waited_on(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(fd));
}

class file_input final : public input {
 public:
  file_input(asio::io_context& io, const file_input_settings& s, intake& to)
      : io_(io),
        settings_(s),
        to_(to),
        points_(s.text),
        chunk_(chunk_size),
        timer_(io),
        fd_(open_input(s.path)) {
    if (can_be_waited_on(fd_)) stream_.emplace(io, fd_);
  }
  ~file_input() override {
    if (!stream_) ::close(fd_);
  }

  void start() override {
    asio::post(io_, guarded([this] { hand_over(); }));
  }
  void stop() override {
    if (std::exchange(over_, true)) return;
    close();
    if (on_end) asio::post(io_, on_end);
  }
  void abandon() override {
    over_ = true;
    close();
  }

 private:
  // A call that may come when this is over, or gone.
  std::function<void()> guarded(std::function<void()> call) {
    return [this, call = std::move(call), alive = std::weak_ptr<int>(alive_)] {
      if (!alive.expired() && !over_) call();
    };
  }
  void close() {
    timer_.cancel();
    error_code ignored;
    if (stream_) stream_->cancel(ignored);
  }

  void hand_over();
  void make_point();
  bool take_point();
  std::int64_t place(std::int64_t time);
  void read();
  void on_read(error_code error, std::size_t n);
  void feed(std::string_view bytes);
  void end();
  void fail(const std::string& why) {
    give_up(fmt::format("{}: {}", settings_.text.table.path, why));
  }
  void give_up(const std::string& why) {
    over_ = true;
    if (on_failed) on_failed(why);
  }
  void warn_of_1970(const line_point& p);
  void tell_of_table();

  asio::io_context& io_;
  file_input_settings settings_;
  intake& to_;
  text_points points_;
  point_maker maker_;
  std::vector<char> chunk_;
  asio::steady_timer timer_;
  int fd_;
  std::optional<asio::posix::stream_descriptor> stream_;
  std::optional<gzip_reader> gzip_;
  bool begun_ = false, over_ = false, looked_at_time_ = false;
  input_point* point_ = nullptr;  // read, but not yet handed over
  std::optional<std::int64_t> first_time_;
  std::int64_t first_wall_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// Hands over what has been read, then reads more. In turns: others want to work, too.
void file_input::hand_over() {
  for (int turn = 0; turn < 2000; ++turn) {
    if (!point_) {
      const auto step = points_.next();
      if (step == text_points::step::more) return read();
      if (step == text_points::step::end) return end();
      if (step == text_points::step::invalid) {
        to_.take_invalid(points_.line_number(), points_.error());
        continue;
      }
      make_point();
    }
    if (!take_point()) return;
    if (over_) return;
    point_ = nullptr;
  }
  to_.flush();
  asio::post(io_, guarded([this] { hand_over(); }));
}

void file_input::make_point() {
  const auto& read = points_.point();
  warn_of_1970(read);
  point_ = &maker_.make(read, wall_time(settings_.text.unit));
  const bool has_own = !points_.database().empty();
  point_->database = has_own ? points_.database() : settings_.database;
  point_->retention_policy = has_own ? points_.retention_policy() : settings_.retention_policy;
}

// Times of 1970 are mostly numbers in another unit: told once, of the first point.
void file_input::warn_of_1970(const line_point& p) {
  constexpr std::int64_t year = 31'536'000'000'000'000;  // ns
  if (std::exchange(looked_at_time_, true) || !p.has_time || p.time < 0 || p.time >= year) return;
  log().log(log_level::warn, log_line("the first time is of 1970")
                                 .add("file", settings_.text.table.path)
                                 .add("remedy", "--precision s, ms or u, --time-format of a table"));
}

// How a table was read: what was decided of its columns should be seen.
void file_input::tell_of_table() {
  const auto d = points_.description();
  if (!d) return;
  const auto& file = settings_.text.table.path;
  log_line line("table");
  line.add("file", file).add("cells", d->dialect).add("times", d->times);
  std::string fields;
  for (const auto& f : d->fields) fields += (fields.empty() ? "" : "; ") + f.name + " " + f.type;
  line.add("fields", fields);
  log().log(log_level::info, line);
  for (const auto& what : d->warnings) {
    log().log(log_level::warn, log_line("table").add("file", file).add("warning", what));
  }
}

// Returns: false if the point has to wait; hand_over() is then called again.
bool file_input::take_point() {
  if (!to_.has_room()) {
    to_.flush();
    to_.when_room(guarded([this] { hand_over(); }));
    return false;
  }
  auto p = *point_;
  if (!first_time_) {
    first_time_ = p.time;
    first_wall_ = wall_time();
  }
  if (settings_.speed > 0) {
    const auto distance = static_cast<double>(p.time - *first_time_) / settings_.speed;
    const auto wait = first_wall_ + static_cast<std::int64_t>(distance) - wall_time();
    if (wait > 0) {
      to_.flush();
      timer_.expires_after(std::chrono::nanoseconds(wait));
      timer_.async_wait([call = guarded([this] { hand_over(); })](error_code error) {
        if (!error) call();
      });
      return false;
    }
  }
  if (settings_.shift_to_now) p.time += first_wall_ - *first_time_;
  to_.take(p);
  return true;
}

void file_input::read() {
  to_.flush();
  if (stream_) {
    stream_->async_read_some(asio::buffer(chunk_), [this, alive = std::weak_ptr<int>(alive_)](
                                                       error_code error, std::size_t n) {
      if (!alive.expired() && !over_) on_read(error, n);
    });
    return;
  }
  const auto n = ::read(fd_, chunk_.data(), chunk_.size());
  if (n < 0) return fail(std::strerror(errno));
  on_read(n == 0 ? error_code(asio::error::eof) : error_code(), static_cast<std::size_t>(n));
}

void file_input::on_read(error_code error, std::size_t n) {
  if (error && error != asio::error::eof) return fail(error.message());
  try {
    if (error) {
      if (gzip_ && !gzip_->complete()) return fail("the gzip is cut off");
      points_.finish();
      tell_of_table();
    } else {
      feed({chunk_.data(), n});
    }
  } catch (const usage_error& e) {
    return give_up(e.what());
  } catch (const std::runtime_error& e) {
    return fail(fmt::format("damaged gzip: {}", e.what()));
  }
  asio::post(io_, guarded([this] { hand_over(); }));
}

void file_input::feed(std::string_view bytes) {
  if (!std::exchange(begun_, true) && looks_like_gzip(bytes)) gzip_.emplace();
  if (!gzip_) return points_.feed(bytes);
  std::string text;
  gzip_->unpack(bytes, text);
  points_.feed(text);
}

void file_input::end() {
  to_.flush();
  over_ = true;
  if (on_end) on_end();
}

}  // namespace

std::unique_ptr<input> make_file_input(asio::io_context& io, const file_input_settings& s,
                                       intake& to) {
  return std::make_unique<file_input>(io, s, to);
}

}  // namespace kapacitor::udf::host
