#include "base/delivery/write_target.hpp"

#include <utility>

namespace kapacitor {

write_target::write_target(boost::asio::io_context& io, http_client::settings s, std::string path,
                           int gzip_level)
    : client_(io, std::move(s)), path_(std::move(path)) {
  if (gzip_level > 0) gzip_.emplace(gzip_level);
}

void write_target::send(const batch& b, std::function<void(server_answer)> done) {
  http_client::request r{http_verb::post, path_, b.lines};
  if (gzip_) {
    packed_.clear();
    gzip_->pack(b.lines, true, packed_);
    r.body = packed_;
    r.gzipped = true;
  }
  client_.start(r, std::move(done));
}

}  // namespace kapacitor
