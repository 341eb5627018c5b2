#include "host/http_input.hpp"

#include <bit>
#include <utility>

#include <fmt/format.h>

#include "base/influxdb/gzip.hpp"
#include "base/text/error.hpp"
#include "connect/log.hpp"
#include "host/write_request.hpp"

namespace kapacitor::udf::host {
namespace {

/// For a request that has begun when the input is to end.
constexpr auto last_request_time = std::chrono::seconds(2);

bool is_one_of(std::string_view path, std::string_view name) {
  return path == name || (path.starts_with("/kapacitor/v1") && path.substr(13) == name);
}

}  // namespace

class http_input::impl : public std::enable_shared_from_this<http_input::impl> {
 public:
  impl(asio::io_context& io, const http_input_settings& s, intake& to, totals& counts,
       input& owner);

  void start();
  void stop();
  void abandon();
  listen_address at() const { return server_.at(); }

 private:
  /// A write whose points are being taken.
  struct pending {
    write_request request;
    http_server::responder answer;
  };

  void handle(http_request&& r, const http_server::responder& answer);
  void handle_write(http_request&& r, const http_server::responder& answer);
  void refuse(const write_request& r, const http_server::responder& answer);
  void hand_over(const std::shared_ptr<pending>& p);
  void end_when_quiet();

  http_input_settings settings_;
  intake& to_;
  totals& counts_;
  input& owner_;
  asio::steady_timer quiet_;
  http_server server_;
  std::uint64_t refusals_ = 0;  // requests
  bool stopping_ = false, over_ = false;
};

http_input::impl::impl(asio::io_context& io, const http_input_settings& s, intake& to,
                       totals& counts, input& owner)
    : settings_(s),
      to_(to),
      counts_(counts),
      owner_(owner),
      quiet_(io),
      server_(io, {"--listen", s.listen, "kapacitor-udf-host", s.limits, log().sink().write},
              [this](http_request&& r, const http_server::responder& answer) {
                handle(std::move(r), answer);
              }) {}

void http_input::impl::start() {
  server_.on_quiet([this] {
    if (stopping_) end_when_quiet();
  });
  server_.start();
}

void http_input::impl::handle(http_request&& r, const http_server::responder& answer) {
  if (is_one_of(r.path, "/ping")) return answer({204});
  if (!is_one_of(r.path, "/write")) return answer(json_error(404, "Not Found"));
  if (r.method != "POST") return answer(json_error(405, "Method Not Allowed"));
  handle_write(std::move(r), answer);
}

void http_input::impl::handle_write(http_request&& r, const http_server::responder& answer) {
  try {
    if (r.gzipped) r.body = unpacked(r.body, settings_.max_unpacked);
  } catch (const std::runtime_error& e) {
    return answer(json_error(400, fmt::format("gzip: {}", e.what())));
  }
  const auto made = std::make_shared<pending>(
      pending{{std::move(r.body), r.query, settings_.retention_policy}, answer});
  if (made->request.error().empty()) return hand_over(made);
  refuse(made->request, answer);
}

// As kapacitord does: a bad line takes all points of its request along.
void http_input::impl::refuse(const write_request& r, const http_server::responder& answer) {
  counts_.refused += r.points();
  if (std::has_single_bit(++refusals_)) {
    log_line("request refused, its points are lost unless the sender has them")
        .add("points", r.points())
        .add("times", refusals_)
        .add("error", r.error())
        .write(log().sink(), log_level::error);
  }
  answer(json_error(400, r.error()));
}

void http_input::impl::hand_over(const std::shared_ptr<pending>& p) {
  if (over_) return p->answer(json_error(503, "shutting down"));
  const bool done = p->request.hand_over(to_);
  to_.flush();
  if (done) return p->answer({204});
  to_.when_room([self = shared_from_this(), p] { self->hand_over(p); });
}

void http_input::impl::stop() {
  if (std::exchange(stopping_, true)) return;
  server_.hurry(last_request_time);
  if (server_.requests_under_way() == 0) end_when_quiet();
}

void http_input::impl::end_when_quiet() {
  if (over_) return;
  quiet_.expires_after(settings_.grace);
  quiet_.async_wait([self = shared_from_this()](error_code error) {
    if (error || self->over_ || self->server_.requests_under_way() > 0) return;
    self->abandon();
    if (self->owner_.on_end) self->owner_.on_end();
  });
}

void http_input::impl::abandon() {
  over_ = true;
  quiet_.cancel();
  server_.close();
}

http_input::http_input(asio::io_context& io, const http_input_settings& s, intake& to,
                       totals& counts)
    : impl_(std::make_shared<impl>(io, s, to, counts, *this)) {}
http_input::~http_input() {
  impl_->abandon();
}
void http_input::start() {
  impl_->start();
}
void http_input::stop() {
  impl_->stop();
}
void http_input::abandon() {
  impl_->abandon();
}
std::string http_input::url() const {
  return "http://" + impl_->at().text();
}

}  // namespace kapacitor::udf::host
