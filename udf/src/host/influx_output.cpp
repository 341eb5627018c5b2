#include "host/influx_output.hpp"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "host/http_client.hpp"
#include "host/line_points.hpp"
#include "host/log.hpp"
#include "host/write_outcome.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t much_waiting = std::size_t{16} << 20;
constexpr std::size_t largest_request = std::size_t{4} << 20;  // InfluxDB takes 25 MB
constexpr std::chrono::milliseconds first_pause(100), longest_pause(5000);

struct request {
  std::string lines;
  std::uint64_t points = 0;
};

// Without numbers and names a message is one reason, however many points have it.
std::string reason_of(const std::string& message) {
  return "InfluxDB: " + message.substr(0, std::min<std::size_t>(message.find('\n'), 300));
}

class influx_output final : public output {
 public:
  influx_output(asio::io_context& io, const influx_output_settings& s, totals& counts)
      : io_(io),
        settings_(s),
        counts_(counts),
        client_(io, s.influxdb),
        flush_timer_(io),
        retry_timer_(io) {
    target_ = fmt::format("/write?db={}&precision=ns", percent_encoded(s.database));
    if (!s.retention_policy.empty()) target_ += "&rp=" + percent_encoded(s.retention_policy);
    for (const auto& [name, value] : settings_.tags) tags_.push_back({name, value});
  }

  void write(const emitted_point& p) override;
  bool has_room() const override { return waiting_bytes_ + filling_.lines.size() < much_waiting; }
  void finish(std::function<void()> done) override;
  void give_up() override;

 private:
  void enqueue();
  void send();
  void on_reply(const http_reply& reply);
  void try_again(const std::string& reason);
  void create_database();
  void on_done(const write_outcome& outcome);
  void tell();

  asio::io_context& io_;
  influx_output_settings settings_;
  totals& counts_;
  http_client client_;
  asio::steady_timer flush_timer_, retry_timer_;
  std::string target_;
  std::vector<tag> tags_;
  request filling_;
  std::deque<request> queue_;  // the first is on its way
  std::size_t waiting_bytes_ = 0;
  bool sending_ = false, down_ = false, finishing_ = false, created_ = false;
  std::chrono::nanoseconds pause_ = first_pause;
  std::chrono::steady_clock::time_point give_up_at_;
  std::function<void()> done_;
};

void influx_output::write(const emitted_point& p) {
  const auto name =
      settings_.measurement.empty() ? p.name : std::string_view(settings_.measurement);
  if (const auto wrong = append_line(filling_.lines, {name, p.tags, tags_, p.fields, p.time});
      !wrong.empty()) {
    return counts_.lose(fmt::format("not for InfluxDB: {}", wrong), 1);
  }
  ++filling_.points;
  if (filling_.points >= settings_.batch || filling_.lines.size() >= largest_request) {
    return enqueue();
  }
  if (filling_.points > 1) return;
  flush_timer_.expires_after(settings_.flush_interval);
  flush_timer_.async_wait([this](error_code error) {
    if (!error) enqueue();
  });
}

void influx_output::enqueue() {
  if (filling_.points == 0) return;
  waiting_bytes_ += filling_.lines.size();
  queue_.push_back(std::exchange(filling_, {}));
  send();
}

void influx_output::send() {
  if (sending_ || queue_.empty()) return tell();
  sending_ = true;
  http_request r;
  r.target = target_;
  r.body = queue_.front().lines;
  client_.post(std::move(r), [this](const http_reply& reply) { on_reply(reply); });
}

void influx_output::on_reply(const http_reply& reply) {
  if (queue_.empty()) return;  // given up meanwhile
  const auto outcome = judge_write(reply, queue_.front().points);
  using enum write_outcome::kind;
  if (outcome.verdict == again) return try_again(outcome.reason);
  if (outcome.verdict == no_database && !std::exchange(created_, true)) return create_database();
  on_done(outcome);
}

void influx_output::try_again(const std::string& reason) {
  if (!std::exchange(down_, true)) {
    log().warn("InfluxDB at {}: {}; trying again until it answers", settings_.influxdb.shown(),
               reason);
  }
  ++counts_.retries;
  if (finishing_ && std::chrono::steady_clock::now() >= give_up_at_) return give_up();
  log().debug("retry {} of InfluxDB: {}", counts_.retries, reason);
  retry_timer_.expires_after(pause_);
  pause_ = std::min<std::chrono::nanoseconds>(2 * pause_, longest_pause);
  retry_timer_.async_wait([this](error_code error) {
    if (error) return;
    sending_ = false;
    send();
  });
}

void influx_output::create_database() {
  http_request r;
  r.target = "/query?q=" + percent_encoded("CREATE DATABASE \"" + settings_.database + "\"");
  client_.post(std::move(r), [this](const http_reply&) {
    sending_ = false;
    send();
  });
}

void influx_output::on_done(const write_outcome& outcome) {
  const auto& sent = queue_.front();
  counts_.stored += sent.points - outcome.lost;
  if (outcome.lost > 0) {
    const auto reason = reason_of(outcome.reason);
    if (!counts_.lost.contains(reason)) log().error("{} points lost: {}", outcome.lost, reason);
    counts_.lose(reason, outcome.lost);
  }
  if (std::exchange(down_, false)) {
    log().info("InfluxDB at {} answers again", settings_.influxdb.shown());
  }
  waiting_bytes_ -= sent.lines.size();
  queue_.pop_front();
  pause_ = first_pause;
  give_up_at_ = std::chrono::steady_clock::now() +
                std::chrono::duration_cast<std::chrono::steady_clock::duration>(settings_.patience);
  sending_ = created_ = false;
  if (on_room && has_room()) on_room();
  send();
}

void influx_output::finish(std::function<void()> done) {
  done_ = std::move(done);
  finishing_ = true;
  give_up_at_ = std::chrono::steady_clock::now() +
                std::chrono::duration_cast<std::chrono::steady_clock::duration>(settings_.patience);
  flush_timer_.cancel();
  enqueue();
  tell();
}

void influx_output::give_up() {
  std::uint64_t points = std::exchange(filling_, {}).points;
  for (const auto& r : queue_) points += r.points;
  counts_.lose(fmt::format("InfluxDB at {} did not answer", settings_.influxdb.shown()), points);
  queue_.clear();
  waiting_bytes_ = 0;
  sending_ = false;
  flush_timer_.cancel();
  retry_timer_.cancel();
  client_.cancel();
  tell();
}

void influx_output::tell() {
  if (!done_ || !queue_.empty()) return;
  asio::post(io_, std::exchange(done_, nullptr));
}

}  // namespace

std::unique_ptr<output> make_influx_output(asio::io_context& io, const influx_output_settings& s,
                                           totals& counts) {
  return std::make_unique<influx_output>(io, s, counts);
}

}  // namespace kapacitor::udf::host
