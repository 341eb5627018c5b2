#include "supervise/supervisor.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "server/listening_log.hpp"
#include "supervise/post.hpp"

namespace kapacitor::udf::supervise {
namespace {

// How long after the end of a connection: others end with it, and what they had is free only when
// what was under way for them has ended.
constexpr auto return_memory_after = std::chrono::seconds(1);

}  // namespace

class supervisor::impl {
 public:
  impl(asio::io_context& io, supervisor_settings settings, log_sink log)
      : io_(io),
        settings_(std::move(settings)),
        log_(std::move(log)),
        listening_(settings_.access, log_),
        deadline_(io),
        return_memory_(io) {}

  void serve(const supervised_function& f) {
    add(std::make_unique<post>(io_, settings_, log_, f));
    if (!f.path.empty()) listening_.add(f.name, f.path);
  }
  void take_over(const supervised_function& f, const saved_post& saved,
                 handover_in* conversations) {
    add(std::make_unique<post>(io_, settings_, log_, f, saved, conversations));
  }
  handed_over hand_over(bool conversations) const;
  bool stopping() const { return stopping_; }
  std::size_t connections() const {
    std::size_t n = 0;
    for (const auto& p : posts_) n += p->connections();
    return n;
  }
  template <class F>
  void each(F f) {
    for (const auto& p : posts_) f(*p);
  }
  metrics::watched_group watch(const metrics::watch_request& r) {
    for (const auto& p : posts_) {
      if (p->name() == r.function) return p->watch(r);
    }
    return {};
  }
  void stop(std::function<void()> done);

 private:
  void add(std::unique_ptr<post> p) {
    p->on_closed = [this] { return_memory(); };
    posts_.push_back(std::move(p));
  }
  void return_memory();
  void stop_if_empty();

  asio::io_context& io_;
  const supervisor_settings settings_;
  const log_sink log_;
  server::listening_log listening_;
  std::vector<std::unique_ptr<post>> posts_;
  boost::asio::steady_timer deadline_, return_memory_;
  std::function<void()> done_;
  bool stopping_ = false, returns_memory_ = false;
};

supervisor::handed_over supervisor::impl::hand_over(bool conversations) const {
  saved_supervisor head{std::chrono::steady_clock::now()};
  for (const auto& p : posts_) head.posts.push_back(p->saved());
  auto descriptors = descriptors_of(head);
  handover_out out(std::move(head));
  for (const auto& p : posts_) {
    if (conversations) p->save_conversations(out);
  }
  return {out.finish(), std::move(descriptors)};
}

/// Journals of many MiB leave holes that malloc keeps; a supervisor lives for months.
void supervisor::impl::return_memory() {
  if (std::exchange(returns_memory_, true)) return;
  return_memory_.expires_after(return_memory_after);
  return_memory_.async_wait([this](error_code error) {
    if (error) return;
    returns_memory_ = false;
    ::malloc_trim(0);
  });
}

void supervisor::impl::stop(std::function<void()> done) {
  done_ = std::move(done);
  stopping_ = true;
  for (const auto& p : posts_) {
    p->on_empty = [this] { stop_if_empty(); };
    p->stop_accepting();
    p->stop_relays();
  }
  deadline_.expires_after(settings_.stop_within);
  deadline_.async_wait([this](error_code error) {
    if (error) return;
    log_line("peers or workers did not finish in time, connections closed")
        .write(log_, log_level::warn);
    for (const auto& p : posts_) p->close_relays();
  });
  stop_if_empty();
}

void supervisor::impl::stop_if_empty() {
  if (!std::all_of(posts_.begin(), posts_.end(), [](const auto& p) { return p->empty(); })) return;
  deadline_.cancel();
  return_memory_.cancel();
  if (const auto done = std::exchange(done_, {})) boost::asio::post(io_, done);
}

supervisor::supervisor(asio::io_context& io, supervisor_settings settings, log_sink log)
    : impl_(std::make_unique<impl>(io, std::move(settings), std::move(log))) {}
supervisor::~supervisor() = default;

void supervisor::serve(const supervised_function& f) {
  impl_->serve(f);
}
void supervisor::take_over(const supervised_function& f, const saved_post& saved,
                           handover_in* conversations) {
  impl_->take_over(f, saved, conversations);
}
void supervisor::start() {
  impl_->each([](post& p) { p.start(); });
}
void supervisor::pause() {
  impl_->each([](post& p) { p.pause(); });
}
supervisor::handed_over supervisor::hand_over(bool conversations) const {
  return impl_->hand_over(conversations);
}
bool supervisor::stopping() const {
  return impl_->stopping();
}
std::size_t supervisor::connections() const {
  return impl_->connections();
}
std::vector<function_view> supervisor::view() const {
  std::vector<function_view> all;
  impl_->each([&](const post& p) { all.push_back(p.view()); });
  return all;
}
metrics::watched_group supervisor::watch(const metrics::watch_request& r) {
  return impl_->watch(r);
}
void supervisor::replace_workers() {
  impl_->each([](post& p) { p.replace_workers(); });
}
void supervisor::reopen_logs() {
  impl_->each([](post& p) { p.reopen_logs(); });
}
void supervisor::stop(std::function<void()> done) {
  impl_->stop(std::move(done));
}

}  // namespace kapacitor::udf::supervise
