#include "server/listener.hpp"

#include <chrono>
#include <utility>

#include "base/text/log.hpp"

namespace kapacitor::udf::server {

using boost::system::error_code;

listener::listener(boost::asio::io_context& context, int fd, std::shared_ptr<const function> f,
                   surroundings around)
    : acceptor_(context, protocol(), fd),
      retry_(context),
      function_(std::move(f)),
      around_(std::move(around)) {}

void listener::accept() {
  auto& owner = around_.choose_worker();
  acceptor_.async_accept(owner.context(),
                         [self = shared_from_this(), &owner](error_code error, protocol::socket s) {
                           self->on_accepted(error, std::move(s), owner);
                         });
}

void listener::on_accepted(error_code error, protocol::socket s, worker& owner) {
  if (!acceptor_.is_open()) return;
  if (error) {
    // The peer was gone before we came: no reason to wait.
    return error == boost::asio::error::connection_aborted ? accept() : try_later(error);
  }
  if (std::exchange(troubled_, false)) {
    log_line("accepting connections again")
        .add("function", function_->name)
        .write(around_.log, log_level::info);
  }
  owner.adopt(std::move(s), function_);
  accept();
}

/// Out of descriptors or memory: trying at once would only spin.
void listener::try_later(const error_code& why) {
  if (!std::exchange(troubled_, true)) {
    log_line("cannot accept connections, will try again")
        .add("function", function_->name)
        .add("error", why.message())
        .write(around_.log, log_level::error);
  }
  retry_.expires_after(std::chrono::milliseconds(200));
  retry_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled) self->accept();
  });
}

void listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
}

}  // namespace kapacitor::udf::server
