#include "host/file_input.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/influxdb/gzip.hpp"
#include "base/text/error.hpp"
#include "base/text/time_text.hpp"
#include "base/text/units.hpp"
#include "connect/log.hpp"
#include "host/line_points.hpp"
#include "host/open_input.hpp"
#include "host/replay_clock.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t chunk_size = std::size_t{256} << 10;
constexpr std::size_t packed_size = std::size_t{16} << 10;  // unpacks to 16 MiB at most

/// A UDF gets no other texts than UTF-8.
text_settings text_of(const file_input_settings& s, const intake& to) {
  auto text = s.text;
  text.utf8 = !to.takes_any_bytes();
  return text;
}

class file_input final : public input {
 public:
  file_input(asio::io_context& io, const file_input_settings& s, intake& to)
      : io_(io),
        settings_(s),
        to_(to),
        points_(text_of(s, to)),
        chunk_(chunk_size),
        timer_(io),
        times_(s.speed, s.shift_to_now),
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
  std::uint64_t unread() const override;

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
  bool wait_for(std::int64_t time);
  void warn_of_1970(std::int64_t time) const;
  void invalid(std::string_view why);
  void read();
  std::size_t most_at_once() const { return begun_ && !gzip_ ? chunk_.size() : packed_size; }
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
  void tell_of_table();

  asio::io_context& io_;
  file_input_settings settings_;
  intake& to_;
  text_points points_;
  point_maker maker_;
  std::vector<char> chunk_;
  asio::steady_timer timer_;
  replay_clock times_;
  int fd_;
  std::optional<asio::posix::stream_descriptor> stream_;
  std::optional<gzip_reader> gzip_;
  bool begun_ = false, over_ = false;
  input_point* point_ = nullptr;  // read, but not yet handed over
  bool told_wait_ = false;        // that the next point is due much later
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
        invalid(points_.error());
        continue;
      }
      make_point();
    }
    if (!take_point()) return;
    told_wait_ = false;
    if (over_) return;
    point_ = nullptr;
  }
  to_.flush();
  asio::post(io_, guarded([this] { hand_over(); }));
}

void file_input::invalid(std::string_view why) {
  to_.take_invalid({settings_.text.table.path, points_.line_number(), points_.line()}, why);
}

void file_input::make_point() {
  const auto& read = points_.point();
  point_ = &maker_.make(read, wall_time(settings_.text.unit));
  const bool has_own = !points_.database().empty();
  point_->database = has_own ? points_.database() : settings_.database;
  point_->retention_policy = has_own ? points_.retention_policy() : settings_.retention_policy;
}

// How a table was read: what was decided of its columns should be seen.
void file_input::tell_of_table() {
  const auto d = points_.description();
  const auto& file = settings_.text.table.path;
  if (!points_.name_warning().empty()) {
    log().log(log_level::warn,
              log_line("file").add("file", file).add("warning", points_.name_warning()));
  }
  if (!d) return;
  log_line line("table");
  line.add("file", file).add("cells", d->dialect).add("times", d->times);
  std::string fields;
  for (const auto& f : d->fields) fields += (fields.empty() ? "" : "; ") + f.name + " " + f.type;
  line.add("fields", fields);
  log().log(log_level::info, line);
  if (const auto rows = points_.rows_without_fields(); rows > 0) {
    log_line left_out(
        "rows without fields are no points: their cells are empty, or stand for none");
    log().log(log_level::warn, left_out.add("file", file).add("rows", rows));
  }
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
  if (times_.begin(p.time)) warn_of_1970(p.time);
  if (wait_for(p.time)) return false;
  if (times_.move(p.time)) {
    to_.take(p);
  } else {
    invalid("its time is too far from the first one to be moved along: use --rec-time");
  }
  return true;
}

void file_input::warn_of_1970(std::int64_t time) const {
  constexpr std::int64_t year = 31'536'000'000'000'000;  // ns
  if (!settings_.shift_to_now || settings_.text.unit != 1 || time <= -year || time >= year) return;
  log_line("the recorded times are of 1970, is --precision missing?")
      .add("file", settings_.text.table.path)
      .add("time", time_to_text(time))
      .write(log().sink(), log_level::warn);
}

// Returns: whether the time has not come yet; hand_over() is then called again.
bool file_input::wait_for(std::int64_t time) {
  // A wait as long as a clock can hold would be over at once.
  constexpr std::int64_t longest = 3'600'000'000'000;  // ns
  const auto wait = times_.wait(time);
  if (wait <= 0) return false;
  if (wait > longest && !std::exchange(told_wait_, true)) {
    log_line("the next point is due much later")
        .add("in", short_duration(std::chrono::nanoseconds(wait)))
        .add("at", fmt::format("{}:{}", settings_.text.table.path, points_.line_number()))
        .write(log().sink(), log_level::warn);
  }
  to_.flush();
  timer_.expires_after(std::chrono::nanoseconds(std::min(wait, longest)));
  timer_.async_wait([call = guarded([this] { hand_over(); })](error_code error) {
    if (!error) call();
  });
  return true;
}

void file_input::read() {
  to_.flush();
  if (stream_) {
    stream_->async_read_some(
        asio::buffer(chunk_.data(), most_at_once()),
        [this, alive = std::weak_ptr<int>(alive_)](error_code error, std::size_t n) {
          if (!alive.expired() && !over_) on_read(error, n);
        });
    return;
  }
  const auto n = ::read(fd_, chunk_.data(), most_at_once());
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

std::uint64_t file_input::unread() const {
  struct stat status {};
  if (stream_ || ::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  const auto at = ::lseek(fd_, 0, SEEK_CUR);
  return at >= 0 && status.st_size > at ? static_cast<std::uint64_t>(status.st_size - at) : 0;
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
