#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/delivery/target.hpp"
#include "base/influxdb/gzip.hpp"
#include "base/influxdb/http_client.hpp"

namespace kapacitor {

/// Writes to InfluxDB, or Kapacitor, or whoever takes the same requests.
class write_target final : public target {
 public:
  /// `path` and query are those of all requests; gzip level 0: not compressed.
  write_target(boost::asio::io_context& io, http_client::settings s, std::string path,
               int gzip_level);

  void send(const batch& b, std::function<void(server_answer)> done) override;
  void cancel() override { client_.close(); }

 private:
  http_client client_;
  std::string path_;
  std::optional<gzip_writer> gzip_;
  std::string packed_;
};

}  // namespace kapacitor
