#include "replay/file_bytes.hpp"

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <boost/interprocess/file_mapping.hpp>
#include <fmt/format.h>

#include "base/influxdb/gzip.hpp"
#include "base/text/encoding.hpp"
#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

namespace ipc = boost::interprocess;

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

ipc::mapped_region map(const std::string& path) {
  try {
    return {ipc::file_mapping(path.c_str(), ipc::read_only), ipc::read_only};
  } catch (const ipc::interprocess_exception& error) {
    throw usage_error(fmt::format("{}: cannot be read: {}", path, error.what()));
  }
}

std::string unpack(const std::string& path, std::string_view packed) {
  gzip_reader reader;
  std::string text;
  try {
    reader.unpack(packed, text);
  } catch (const std::runtime_error& error) {
    throw usage_error(fmt::format("{}: damaged gzip: {}", path, error.what()));
  }
  if (!reader.complete()) throw usage_error(path + ": the gzip is cut off, or still being written");
  return text;
}

}  // namespace

file_bytes::file_bytes(const std::string& path) {
  require_file(path);
  region_ = map(path);
  text_ = {static_cast<const char*>(region_.get_address()), region_.get_size()};
  if (looks_like_gzip(text_)) {
    unpacked_ = unpack(path, text_);
    region_ = {};
    text_ = unpacked_;
    if (text_.empty()) throw usage_error(path + ": is empty");
  }
  if (const auto why = why_not_text(text_); !why.empty()) {
    throw usage_error(fmt::format("{}: {}", path, why));
  }
}

}  // namespace kapacitor::generator
