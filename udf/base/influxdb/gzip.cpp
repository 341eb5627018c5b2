#include "base/influxdb/gzip.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <zlib.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib: the largest window, with a gzip header
constexpr std::size_t step = 65536;

void give(z_stream& z, std::string_view& bytes) {
  const auto n = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
  // zlib does not write to its input, but says so in its type only when asked.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(n);
  bytes.remove_prefix(n);
}

// Calls `work` with room for more output until it leaves some of that unused.
template <class Work>
void fill(z_stream& z, std::string& to, Work work) {
  do {
    const auto size = to.size();
    to.resize(size + step);
    z.next_out = reinterpret_cast<Bytef*>(to.data() + size);
    z.avail_out = step;
    work();
    to.resize(size + step - z.avail_out);
  } while (z.avail_out == 0);
}

}  // namespace

struct gzip_reader::impl {
  z_stream z{};
};
struct gzip_writer::impl {
  z_stream z{};
};

bool looks_like_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

int parse_gzip_level(std::string_view text) {
  if (text == "off") return 0;
  if (text.size() == 1 && text[0] >= '1' && text[0] <= '9') return text[0] - '0';
  throw usage_error(in_quotes(text) + " is none of off, 1 to 9");
}

gzip_reader::gzip_reader() : impl_(std::make_unique<impl>()) {
  if (::inflateInit2(&impl_->z, gzip_window) != Z_OK) throw std::bad_alloc();
}
gzip_reader::~gzip_reader() {
  ::inflateEnd(&impl_->z);
}

void gzip_reader::unpack(std::string_view bytes, std::string& to) {
  auto& z = impl_->z;
  while (!bytes.empty()) {
    // Several gzips one behind the other are one text.
    if (complete_) ::inflateReset(&z);
    complete_ = false;
    const auto before = bytes;
    give(z, bytes);
    int outcome = Z_OK;
    fill(z, to, [&] { outcome = ::inflate(&z, Z_NO_FLUSH); });
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
      throw std::runtime_error(z.msg ? z.msg : "not in gzip format");
    }
    complete_ = outcome == Z_STREAM_END;
    bytes = before.substr(before.size() - bytes.size() - z.avail_in);
    if (!complete_ && z.avail_in == 0 && bytes.empty()) return;
  }
}

gzip_writer::gzip_writer(int level) : impl_(std::make_unique<impl>()) {
  constexpr int memory_level = 9;
  if (::deflateInit2(&impl_->z, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
}
gzip_writer::~gzip_writer() {
  ::deflateEnd(&impl_->z);
}

void gzip_writer::pack(std::string_view bytes, bool last, std::string& to) {
  auto& z = impl_->z;
  do {
    give(z, bytes);
    const int flush = last && bytes.empty() ? Z_FINISH : Z_NO_FLUSH;
    fill(z, to, [&] { ::deflate(&z, flush); });
  } while (!bytes.empty());
  if (last) ::deflateReset(&z);
}

std::string unpacked(std::string_view bytes, std::size_t limit) {
  gzip_reader reader;
  std::string text;
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, step);
    reader.unpack(piece, text);
    if (text.size() > limit) throw std::runtime_error("unpacks to too much");
    bytes.remove_prefix(piece.size());
  }
  if (!reader.complete()) throw std::runtime_error("unexpected EOF");
  return text;
}

}  // namespace kapacitor
