#include "server/listener.hpp"

#include <utility>

#include "server/log.hpp"

namespace kapacitor::udf::server {

listener::listener(boost::asio::io_context& context, int fd, std::shared_ptr<const function> f,
                   surroundings around)
    : function_(std::move(f)),
      around_(std::move(around)),
      loop_(std::make_shared<accept_loop<protocol>>(protocol::acceptor(context, protocol(), fd),
                                                    hooks())) {}

accept_loop<listener::protocol>::hooks listener::hooks() {
  return {[this](protocol::socket s) { next_->adopt(std::move(s), function_); },
          [this](const error_code& why) {
            tell("cannot accept connections, will try again", agent::log_level::error,
                 why.message());
          },
          [this] { tell("accepting connections again", agent::log_level::info, ""); },
          [this] {
            next_ = &around_.choose_worker();
            return next_->context().get_executor();
          }};
}

void listener::accept() {
  loop_->start();
}

void listener::tell(const char* what, agent::log_level level, const std::string& error) const {
  log_line line(what);
  line.add("function", function_->name);
  if (!error.empty()) line.add("error", error);
  line.write(around_.log, level);
}

}  // namespace kapacitor::udf::server
