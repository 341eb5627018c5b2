#include "doctor/probe.hpp"

#include <utility>

#include "connect/channel.hpp"
#include "connect/udf_connection.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::doctor {
namespace {

constexpr std::size_t most_info = std::size_t{16} << 20;

/// One connection for Info alone.
class info_question final : public host::response_handler {
 public:
  info_question(const std::string& socket, std::chrono::nanoseconds patience)
      : connector_(host::make_socket_connector(io_, socket, {})), patience_(patience) {}

  probed ask() {
    connector_->open([this](const std::string& error, std::shared_ptr<host::channel> to) {
      if (!to) return end(error);
      begin(std::move(to));
    });
    io_.run_for(patience_);
    if (!over_) {
      found_.problem = found_.info ? "it answers Info, but does not close the connection after that"
                                   : "it takes the connection, but does not answer Info";
      found_.info.reset();
      if (connection_) connection_->abandon();
    }
    return std::move(found_);
  }

 private:
  void begin(std::shared_ptr<host::channel> to) {
    const host::udf_connection::settings how{patience_, most_info};
    connection_ = std::make_shared<host::udf_connection>(io_, std::move(to), *this, how);
    connection_->start([this](const host::rule_violation* why) { on_closed(why); });
    connection_->request(host::management::info, host::info_request());
    connection_->end_input();
  }
  void on_closed(const host::rule_violation* why) {
    if (why) return end(why->what());
    end(found_.info ? "" : "it closes the connection without an answer to Info");
  }
  void end(const std::string& problem) {
    over_ = true;
    found_.problem = problem;
    if (!problem.empty()) found_.info.reset();
    io_.stop();
  }

  void on_response() override {}
  void on_info(const host::udf_info& info) override { found_.info = info; }
  void on_initialized() override {}
  void on_restored() override {}
  void on_snapshot(std::string_view) override {}
  void on_point(const host::emitted_point&) override {}
  void on_batch_end(const host::emitted_batch&) override {}
  bool ready() override { return true; }

  asio::io_context io_{1};
  std::unique_ptr<host::connector> connector_;
  std::shared_ptr<host::udf_connection> connection_;
  std::chrono::nanoseconds patience_;
  probed found_;
  bool over_ = false;
};

}  // namespace

probed probe(const std::string& socket, std::chrono::nanoseconds patience) {
  return info_question(socket, patience).ask();
}

}  // namespace kapacitor::udf::doctor
