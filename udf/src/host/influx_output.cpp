#include "host/influx_output.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "base/delivery/leg.hpp"
#include "base/delivery/write_target.hpp"
#include "base/influxdb/query.hpp"
#include "connect/log.hpp"
#include "host/line_points.hpp"

namespace kapacitor::udf::host {
namespace {

using steady_clock = std::chrono::steady_clock;

constexpr std::size_t max_waiting_bytes = std::size_t{16} << 20;
constexpr std::size_t largest_request = std::size_t{4} << 20;  // InfluxDB takes 25 MB

leg::plan plan_for(asio::io_context& io, const influx_output_settings& s) {
  delivery::settings how;
  how.peer = "InfluxDB at " + s.influxdb.instance.client.to.text();
  // Nothing is dropped: the UDF's output waits instead.
  how.max_age = delivery::nanoseconds::max();
  how.max_bytes = SIZE_MAX;
  how.create_database = s.influxdb.has_databases;
  how.seed = static_cast<std::uint64_t>(::getpid());
  return {std::move(how),
          std::make_unique<write_target>(io, s.influxdb.instance.client, s.path, s.gzip)};
}

class influx_output final : public output {
 public:
  influx_output(asio::io_context& io, const influx_output_settings& s, totals& counts)
      : io_(io),
        settings_(s),
        counts_(counts),
        creator_(io, s.influxdb.instance.client),
        leg_(plan_for(io, s),
             {log().sink().write, [this] { create_database(); }, [this] { pump(); }}),
        flush_timer_(io),
        retry_timer_(io) {
    for (const auto& [name, value] : settings_.tags) tags_.push_back({name, value});
  }

  void write(const emitted_point& p) override;
  bool has_room() const override {
    return !failure_.empty() || leg_.memory() + lines_.size() < max_waiting_bytes;
  }
  void finish(std::function<void()> done) override;
  void give_up() override { fail("InfluxDB: not sent before the end"); }

 private:
  void enqueue();
  void pump();
  void create_database();
  void count();
  void fail(const std::string& why);
  void finish_if_idle();

  asio::io_context& io_;
  influx_output_settings settings_;
  totals& counts_;
  http_client creator_;  // of the database
  std::string statement_;
  leg leg_;
  asio::steady_timer flush_timer_, retry_timer_;
  std::vector<tag> tags_;
  std::string lines_;
  std::size_t points_ = 0;  // in lines_
  std::string failure_;     // why it takes nothing more; empty: it does
  std::function<void()> done_;
};

void influx_output::write(const emitted_point& p) {
  if (!failure_.empty()) return counts_.lose(failure_, 1);
  const auto name =
      settings_.measurement.empty() ? p.name : std::string_view(settings_.measurement);
  const auto wrong = append_line(lines_, {name, p.tags, tags_, p.fields, p.time});
  if (!wrong.empty()) return counts_.lose(fmt::format("not for InfluxDB: {}", wrong), 1);
  ++points_;
  if (points_ >= settings_.batch || lines_.size() >= largest_request) return enqueue();
  if (points_ > 1) return;
  flush_timer_.expires_after(settings_.flush_interval);
  flush_timer_.async_wait([this](error_code error) {
    if (!error) enqueue();
  });
}

void influx_output::enqueue() {
  if (points_ == 0) return;
  leg_.add(batch_of(std::exchange(lines_, {}), std::exchange(points_, 0), steady_clock::now()));
  pump();
}

void influx_output::pump() {
  if (!failure_.empty()) return;
  const auto wake = leg_.pump(steady_clock::now());
  count();
  if (const auto& end = leg_.ended()) {
    fail(end->what());
    if (on_failed) on_failed(*end);
    return;
  }
  if (wake != steady_time::max()) {
    retry_timer_.expires_at(wake);
    retry_timer_.async_wait([this](error_code error) {
      if (!error) pump();
    });
  }
  if (on_room && has_room()) on_room();
  finish_if_idle();
}

void influx_output::create_database() {
  statement_ = query_body("CREATE DATABASE " + identifier(settings_.influxdb.instance.database));
  creator_.start({http_verb::post, "/query", statement_, query_type},
                 [this](const server_answer& a) {
                   creator_.close();
                   leg_.database_answered(query_result(a), steady_clock::now());
                   pump();
                 });
}

void influx_output::count() {
  const auto so_far = leg_.points();
  counts_.stored = so_far.accepted;
  counts_.storing = so_far.unsent;
  counts_.retries = so_far.retries;
  counts_.in_doubt = so_far.in_doubt;
  for (const auto& [reason, points] : so_far.rejected_by) {
    counts_.lost["InfluxDB: " + reason] = points;
  }
}

void influx_output::finish(std::function<void()> done) {
  done_ = std::move(done);
  flush_timer_.cancel();
  leg_.limit_retries(steady_clock::now(), settings_.patience);
  enqueue();
  pump();
  finish_if_idle();
}

void influx_output::fail(const std::string& why) {
  if (!failure_.empty()) return;
  count();
  failure_ = why;
  counts_.lose(failure_, leg_.points().unsent + std::exchange(points_, 0));
  counts_.storing = 0;
  flush_timer_.cancel();
  retry_timer_.cancel();
  leg_.cancel();
  creator_.close();
  if (on_room) on_room();
  finish_if_idle();
}

void influx_output::finish_if_idle() {
  if (!done_ || (failure_.empty() && (points_ > 0 || !leg_.idle()))) return;
  asio::post(io_, std::exchange(done_, nullptr));
}

}  // namespace

std::unique_ptr<output> make_influx_output(asio::io_context& io, const influx_output_settings& s,
                                           totals& counts) {
  return std::make_unique<influx_output>(io, s, counts);
}

}  // namespace kapacitor::udf::host
