#include "base/influxdb/gzip.hpp"

#include <new>
#include <string>

#include <zlib.h>

namespace kapacitor::inline base {
namespace {

constexpr int with_gzip_header = 15 + 16;  // window bits, see zlib.h
constexpr int memory_level = 9;

}  // namespace

struct gzip::state {
  z_stream stream{};
  std::string out;
};

gzip::gzip(int level) : state_(std::make_unique<state>()) {
  if (deflateInit2(&state_->stream, level, Z_DEFLATED, with_gzip_header, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

gzip::~gzip() {
  deflateEnd(&state_->stream);
}

std::string_view gzip::compress(std::string_view text) {
  auto& s = state_->stream;
  auto& out = state_->out;
  deflateReset(&s);
  const auto most = deflateBound(&s, text.size());
  if (out.size() < most) out.resize(most);
  // zlib does not write there; its interface is older than const.
  s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  s.avail_in = static_cast<uInt>(text.size());
  s.next_out = reinterpret_cast<Bytef*>(out.data());
  s.avail_out = static_cast<uInt>(out.size());
  deflate(&s, Z_FINISH);
  return {out.data(), out.size() - s.avail_out};
}

}  // namespace kapacitor::inline base
