#include "base/metrics/metrics_server.hpp"

#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/metrics/exposition.hpp"
#include "base/net/answer_within.hpp"

namespace kapacitor {
namespace {

constexpr unsigned ok = 200, not_found = 404, wrong_method = 405, failed = 500, unavailable = 503;

// Who watches sends no bodies, and there are few of them.
constexpr http_server::limits most{
    .connections = 64, .body = 1024, .bodies = std::size_t{64} * 1024};

http_reply healthy_unless(const std::string& why) {
  return why.empty() ? http_reply{ok, "ok\n"} : http_reply{unavailable, why + "\n"};
}

http_reply metrics_for(const observation& seen, std::string_view accept) {
  const auto how = exposition_for(accept);
  return {ok, expose(seen.metrics, how), std::string(content_type_of(how))};
}

}  // namespace

class metrics_server::impl {
 public:
  impl(const settings& s, std::function<observation()> look)
      : page_(s.page),
        more_(s.more),
        log_(s.log),
        look_(std::move(look)),
        server_(io_, {"--metrics", s.at, s.program, most, s.log},
                [this](http_request&& r, const http_server::responder& answer) {
                  answer(answer_to(r));
                }) {
    server_.start();
    thread_ = std::thread([this] { run(); });
  }
  ~impl() {
    io_.stop();
    thread_.join();
  }

  listen_address at() const { return server_.at(); }
  void post(std::function<void()> what) { boost::asio::post(io_, std::move(what)); }

 private:
  void run() noexcept;
  http_reply answer_to(const http_request& r);
  http_reply page_at(const std::string& path, const std::string& query, const std::string& accept);

  const metrics_page page_;
  const std::map<std::string, std::function<http_reply(const std::string&)>> more_;
  const log_fn log_;
  const std::function<observation()> look_;
  boost::asio::io_context io_{1};
  http_server server_;
  std::thread thread_;
};

void metrics_server::impl::run() noexcept {
  for (bool ended = false; !ended;) {
    try {
      io_.run();
      ended = true;
    } catch (const std::exception& problem) {
      try_to_say([&] {
        log_line("going on after an error while somebody watches")
            .add("error", problem.what())
            .write(log_, log_level::error);
      });
    }
  }
}

http_reply metrics_server::impl::answer_to(const http_request& r) {
  if (r.method != "GET" && r.method != "HEAD") return json_error(wrong_method, "use GET");
  try {
    return page_at(r.path, r.query, r.accept);
  } catch (const std::exception& problem) {
    return json_error(failed, problem.what());
  }
}

http_reply metrics_server::impl::page_at(const std::string& path, const std::string& query,
                                         const std::string& accept) {
  if (path == "/metrics") return metrics_for(look_(), accept);
  if (path == "/livez") return healthy_unless(look_().stuck);
  if (path == "/readyz") return healthy_unless(look_().not_ready);
  if (path == "/status.json") return {ok, look_().status, "application/json"};
  if (path == "/" && !page_.html.empty()) {
    return {ok, std::string(page_.html), "text/html; charset=utf-8",
            std::string(page_.security_policy)};
  }
  if (const auto found = more_.find(path); found != more_.end()) return found->second(query);
  return json_error(not_found, "there are /metrics, /livez, /readyz and /status.json");
}

observation observation::of_stuck(const std::string& why) {
  return {.stuck = why, .not_ready = why, .status = "{}"};
}

std::function<observation()> looked_at_by(std::function<void(std::function<void()>)> post,
                                          std::function<observation()> look) {
  return [post = std::move(post), look = std::move(look)] {
    return answer_within(longest_turn, post, look)
        .value_or(observation::of_stuck("the program's loop does not turn"));
  };
}

metrics_server::metrics_server(const settings& s, std::function<observation()> look)
    : impl_(std::make_unique<impl>(s, std::move(look))) {}
metrics_server::~metrics_server() = default;

listen_address metrics_server::at() const {
  return impl_->at();
}
void metrics_server::post(std::function<void()> what) {
  impl_->post(std::move(what));
}

}  // namespace kapacitor
