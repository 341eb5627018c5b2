#include "server/listener.hpp"

#include <utility>

#include "base/text/log.hpp"

namespace kapacitor::udf::server {

listener::listener(boost::asio::io_context& accepting, int fd, std::shared_ptr<const function> f,
                   listener_context context)
    : function_(std::move(f)),
      context_(std::move(context)),
      loop_(std::make_shared<accept_loop<protocol>>(protocol::acceptor(accepting, protocol(), fd),
                                                    hooks())) {}

accept_loop<listener::protocol>::hooks listener::hooks() {
  return {[this](protocol::socket s) {
            next_->adopt({std::move(s), ++context_.last_id, function_});
          },
          [this](const error_code& why) {
            report("cannot accept connections, will try again", log_level::error, why.message());
          },
          [this] { report("accepting connections again", log_level::info, ""); },
          [this] {
            next_ = &context_.choose_worker();
            return next_->context().get_executor();
          }};
}

void listener::accept() {
  loop_->start();
}

void listener::report(const char* what, log_level level, const std::string& error) const {
  log_line line(what);
  line.add("function", function_->name);
  if (!error.empty()) line.add("error", error);
  line.write(context_.log, level);
}

}  // namespace kapacitor::udf::server
