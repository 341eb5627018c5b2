#include "supervise/poison_file.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <system_error>

#include "base/line/writer.hpp"
#include "journal/frames.hpp"
#include "wire/batch_decoder.hpp"
#include "wire/frame.hpp"
#include "wire/point_decoder.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::supervise {
namespace {

using wire::message_kind;

/// Requests as Kapacitor records a stream: for each point its database, its retention policy, and a
/// line. The points of a batch have the batch's name.
class recording {
 public:
  void add(message_kind kind, std::string_view body) {
    if (kind == message_kind::begin) {
      wire::batch_decoder::decode(body, batch_);
    } else if (kind == message_kind::point) {
      wire::point_decoder::decode(body, point_);
      add_point(point_.name().empty() ? batch_.name() : point_.name());
    }
  }
  const std::string& text() const { return text_; }

 private:
  void add_point(std::string_view name) {
    text_.append(point_.database()).append("\n").append(point_.retention_policy()).append("\n");
    line_writer line(text_, name);
    for (const auto& t : point_.tags()) line.tag(t.name, t.value);
    for (const auto& f : point_.fields()) line.field(f.name, f.value.held());
    if (!line.end(point_.time().time_since_epoch().count()).empty())
      throw wire::protocol_error("line protocol cannot carry it");
  }

  std::string text_;
  point point_;
  batch batch_;
};

std::string recording_of(std::string_view requests) {
  recording made;
  while (const auto next = wire::first_frame(requests, requests.size())) {
    made.add(journal::kind_of(next->message), journal::body_of(next->message));
    requests.remove_prefix(next->size);
  }
  return made.text();
}

/// Returns: an errno, 0: it is written
int write_file(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error != 0) ::unlink(path.c_str());
  return error;
}

/// Reads the requests in a process of its own: they have killed others.
bool write_recording(const std::string& path, std::string_view requests) {
  const auto child = ::fork();
  if (child == 0) {
    try {
      const auto text = recording_of(requests);
      ::_exit(text.empty() || write_file(path, text) != 0 ? 1 : 0);
    } catch (const std::exception&) {
      ::_exit(1);
    }
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

std::string new_name(const std::string& dir, const std::string& function) {
  static int last = 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return dir + "/poison-" + function + "-" + std::to_string(s) + "-" + std::to_string(::getpid()) +
         "-" + std::to_string(++last);
}

}  // namespace

std::string keep_poison(const std::string& dir, const std::string& function, std::string_view init,
                        std::string_view requests, const log_sink& log) {
  const auto name = new_name(dir, function);
  auto points = name + ".srpl", raw = name + ".requests";
  if (write_recording(points, requests)) return points;
  const int error = write_file(raw, std::string(init).append(requests));
  if (error == 0) return raw;
  log_line("a request that kills workers could not be kept: see --poison-dir")
      .add("file", raw)
      .add("error", std::generic_category().message(error))
      .write(log, log_level::error);
  return {};
}

}  // namespace kapacitor::udf::supervise
