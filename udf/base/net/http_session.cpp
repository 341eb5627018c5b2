#include "base/net/http_session.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace kapacitor {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

/// For what a client still sends after it was refused: closed at once it might not see the answer.
constexpr auto linger_time = std::chrono::seconds(1);
constexpr std::size_t linger_bytes = std::size_t{16} << 20U;

std::string text_of(boost::string_view s) {
  return {s.data(), s.size()};
}

}  // namespace

http_session::http_session(std::shared_ptr<http_session_owner> owner, tcp::socket accepted)
    : owner_(std::move(owner)), stream_(std::move(accepted)) {
  owner_->joined(*this);
}

http_session::~http_session() {
  owner_->release(reserved_);
  set_busy(false);
  owner_->left(*this);
}

void http_session::set_busy(bool busy) {
  if (busy != busy_) owner_->busy(busy ? 1 : -1);
  busy_ = busy;
}

void http_session::close() {
  stage_ = stage::closed;
  error_code ignored;
  stream_.socket().close(ignored);
}

void http_session::wait() {
  stage_ = stage::waiting;
  since_ = steady_clock::now();
  if (buffer_.size() > 0) return read_header();
  // The time for a header counts from its first byte.
  stream_.socket().async_wait(tcp::socket::wait_read,
                              [self = shared_from_this()](const error_code& error) {
                                if (!error && !self->closed()) self->read_header();
                              });
}

void http_session::read_header() {
  const auto& most = owner_->how().most;
  stage_ = stage::header;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(most.header));
  parser_->body_limit(most.body);
  stream_.expires_after(owner_->time_for(most.header_time));
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            self->on_header(error);
                          });
}

void http_session::on_header(error_code error) {
  if (closed()) return;
  if (error == http::error::header_limit) return refuse(431, "Request Header Fields Too Large");
  if (error == http::error::body_limit) return refuse(413, "Request Entity Too Large");
  if (error || owner_->closed()) return close();
  set_busy(true);
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return go_on();
  response_ = {};
  response_.result(http::status::continue_);
  http::async_write(stream_, response_,
                    [self = shared_from_this()](const error_code& failed, std::size_t) {
                      failed ? self->close() : self->go_on();
                    });
}

void http_session::go_on() {
  stage_ = stage::body;
  stream_.expires_never();
  if (!try_body()) owner_->wait_for_room(shared_from_this());
}

bool http_session::try_body() {
  if (closed()) return true;
  const auto& most = owner_->how().most;
  const auto length = parser_->content_length();
  const auto bytes = length               ? static_cast<std::size_t>(*length)
                     : parser_->chunked() ? most.body
                                          : 0;
  if (!owner_->reserve(bytes)) return false;
  reserved_ = bytes;
  stream_.expires_after(owner_->time_for(most.body_time));
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_body(error); });
  return true;
}

void http_session::on_body(error_code error) {
  if (closed()) return;
  if (error == http::error::body_limit) return refuse(413, "Request Entity Too Large");
  error ? close() : handle();
}

void http_session::handle() {
  stage_ = stage::handling;
  stream_.expires_never();
  auto& asked = parser_->get();
  const auto target = text_of(asked.target());
  const auto question = std::min(target.find('?'), target.size());
  http_request r;
  r.method = text_of(asked.method_string());
  r.path = target.substr(0, question);
  r.query = target.substr(std::min(question + 1, target.size()));
  r.accept = text_of(asked[http::field::accept]);
  r.gzipped = beast::iequals(asked[http::field::content_encoding], "gzip");
  r.body = std::move(asked.body());
  owner_->handle(std::move(r),
                 [self = shared_from_this()](const http_reply& reply) { self->answer(reply); });
}

void http_session::refuse(unsigned status, const char* why) {
  parser_->get().keep_alive(false);
  answer(json_error(status, why));
}

void http_session::answer(const http_reply& reply) {
  const auto& how = owner_->how();
  const auto& asked = parser_->get();
  stage_ = stage::answering;
  response_ = {};
  response_.version(asked.version());
  response_.result(reply.status);
  response_.set(http::field::server, how.name);
  response_.keep_alive(asked.keep_alive() && !owner_->closed());
  if (reply.status != 204) {
    response_.set(http::field::content_type, reply.content_type);
    // What somebody else has named, such as a task, is never taken for a page.
    response_.set("X-Content-Type-Options", "nosniff");
    if (!reply.security_policy.empty())
      response_.set("Content-Security-Policy", reply.security_policy);
    if (asked.method() != http::verb::head) response_.body() = reply.body;
    response_.prepare_payload();
  }
  stream_.expires_after(how.most.answer_time);
  http::async_write(stream_, response_,
                    [self = shared_from_this()](const error_code& failed, std::size_t) {
                      self->on_answered(failed);
                    });
}

void http_session::on_answered(error_code error) {
  owner_->release(std::exchange(reserved_, 0));
  set_busy(false);
  served_ = true;
  if (error || closed()) return close();
  if (!response_.keep_alive() || owner_->closed()) return linger();
  wait();
  owner_->idle();
}

void http_session::linger() {
  stage_ = stage::lingering;
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(linger_time);
  discard();
}

void http_session::discard() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(std::size_t{64} << 10U),
                          [self = shared_from_this()](const error_code& error, std::size_t n) {
                            self->discarded_ += n;
                            if (error || self->closed() || self->discarded_ > linger_bytes)
                              return self->close();
                            self->discard();
                          });
}

}  // namespace kapacitor
