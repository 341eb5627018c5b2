#include "host/recorder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "connect/log.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t write_size = 65536;

std::string beside(const std::string& path) {
  return path + ".part";
}

[[noreturn]] void refuse(const std::string& path) {
  throw start_error(fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

recorder::recorder(const recorder_settings& s, totals& counts)
    : settings_(s),
      counts_(counts),
      fd_(::open(beside(s.path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (fd_ < 0) refuse(s.path);
}

recorder::~recorder() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(beside(settings_.path).c_str());
}

bool recorder::passes(const input_point& p) const {
  const auto any_or = [](const std::string& wanted, std::string_view given) {
    return wanted.empty() || wanted == given;
  };
  return any_or(settings_.database, p.database) && any_or(settings_.measurement, p.name) &&
         any_or(settings_.retention_policy, p.retention_policy);
}

void recorder::take(const input_point& p) {
  if (satisfied()) return;
  ++counts_.received;
  if (!passes(p)) {
    ++counts_.filtered;
    return;
  }
  const auto size = text_.size();
  if (settings_.format == text_format::recording) {
    text_.append(p.database).append("\n").append(p.retention_policy).append("\n");
  }
  const auto wrong = append_line(text_, {p.name, p.tags, {}, p.fields, p.time});
  if (!wrong.empty()) {
    text_.resize(size);
    return counts_.lose(fmt::format("cannot be written as a line: {}", wrong), 1);
  }
  ++counts_.written;
  if (text_.size() >= write_size) write(false);
  if (satisfied() && on_satisfied) on_satisfied();
}

void recorder::take_invalid(std::uint64_t line, std::string_view why) {
  log().log(log_level::error, log_line("invalid line").add("line", line).add("error", why));
  ++counts_.invalid_lines;
  counts_.lose("invalid lines", 1);
}

void recorder::write(bool last) {
  if (settings_.packed) gzip_.pack(text_, last, packed_);
  std::string_view rest = settings_.packed ? packed_ : text_;
  while (!rest.empty()) {
    const auto n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(settings_.path);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  text_.clear();
  packed_.clear();
}

void recorder::close() {
  write(true);
  if (::fsync(fd_) != 0 && errno != EINVAL) refuse(settings_.path);
  ::close(std::exchange(fd_, -1));
  if (std::rename(beside(settings_.path).c_str(), settings_.path.c_str()) != 0) {
    refuse(settings_.path);
  }
}

}  // namespace kapacitor::udf::host
