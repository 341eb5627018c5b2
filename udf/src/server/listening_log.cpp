#include "server/listening_log.hpp"

#include <utility>

namespace kapacitor::udf::server {
namespace {

std::string octal(mode_t mode) {
  std::string text = "0";
  for (int shift = 6; shift >= 0; shift -= 3)
    text += static_cast<char>('0' + ((mode >> shift) & 7));
  return text;
}

}  // namespace

listening_log::listening_log(socket_access access, log_sink log)
    : access_(std::move(access)), log_(std::move(log)) {}

void listening_log::add(const std::string& function, const std::string& path) {
  log_line("listening")
      .add("function", function)
      .add("socket", path)
      .add("mode", octal(access_.mode))
      .add("owner", owner_of(path))
      .write(log_, log_level::info);
  const auto folder = closed_folder(path, access_);
  if (folder.empty() || std::exchange(warned_, true)) return;
  log_line("the sockets' mode lets others in, but a folder above keeps them out: chmod it")
      .add("folder", folder)
      .add("socket_mode", octal(access_.mode))
      .write(log_, log_level::warn);
}

}  // namespace kapacitor::udf::server
