#include "replay/file_bytes.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>

#include <boost/interprocess/file_mapping.hpp>
#include <fmt/format.h>
#include <zlib.h>

#include "base/text/error.hpp"

namespace kapacitor::generator {
namespace {

namespace ipc = boost::interprocess;

constexpr int gzip_window = 15 + 16;  // zlib: the largest window, with a gzip header
constexpr std::size_t step = std::size_t{1} << 20U;

struct inflate_end {
  void operator()(z_stream* z) const { ::inflateEnd(z); }
};

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

void give(z_stream& z, std::string_view& packed) {
  const auto n = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
  // zlib does not write to its input, but says so in its type only when asked.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(n);
  packed.remove_prefix(n);
}

int inflate_step(z_stream& z, std::string& to) {
  const auto size = to.size();
  to.resize(size + step);
  z.next_out = reinterpret_cast<Bytef*>(to.data() + size);
  z.avail_out = step;
  const int outcome = ::inflate(&z, Z_NO_FLUSH);
  to.resize(size + step - z.avail_out);
  return outcome;
}

/// Several gzips one behind the other are one text.
std::string unpack(const std::string& path, std::string_view packed) {
  z_stream z{};
  if (::inflateInit2(&z, gzip_window) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, inflate_end> end(&z);
  std::string text;
  for (;;) {
    if (z.avail_in == 0) give(z, packed);
    const int outcome = inflate_step(z, text);
    const bool all_read = z.avail_in == 0 && packed.empty();
    if (outcome == Z_STREAM_END && all_read) return text;
    if (outcome == Z_STREAM_END) {
      ::inflateReset(&z);
    } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
      throw usage_error(
          fmt::format("{}: damaged gzip: {}", path, z.msg ? z.msg : "not in gzip format"));
    } else if (all_read && z.avail_out > 0) {
      throw usage_error(path + ": the gzip is cut off, or still being written");
    }
  }
}

}  // namespace

file_bytes::file_bytes(const std::string& path) {
  require_file(path);
  region_ = map(path);
  text_ = {static_cast<const char*>(region_.get_address()), region_.get_size()};
  if (text_.starts_with("PK\x03\x04")) {
    throw usage_error(path +
                      ": is a zip, as Kapacitor's batch recordings (.brpl) are; allowed "
                      "are stream recordings (.srpl), line protocol and CSV, gzip or not");
  }
  if (!text_.starts_with("\x1f\x8b")) return;
  unpacked_ = unpack(path, text_);
  region_ = {};
  text_ = unpacked_;
  if (text_.empty()) throw usage_error(path + ": is empty");
}

}  // namespace kapacitor::generator
