#include "host/run.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/net/event_loop.hpp"
#include "connect/log.hpp"
#include "host/agent_line.hpp"
#include "host/file_output.hpp"
#include "host/invalid_line.hpp"
#include "host/metrics.hpp"
#include "host/name_check.hpp"
#include "host/progress.hpp"
#include "host/report.hpp"
#include "host/time_check.hpp"

namespace kapacitor::udf::host {
namespace {

/// Everything of one run, and how it hangs together:
///
///     source → feed → udf_client → outputs
class runner final : udf_events, intake {
 public:
  explicit runner(const run_settings& s);
  int run();

 private:
  std::unique_ptr<connector> make_connector();
  void add_output(std::unique_ptr<output> o);
  void stop_input();
  void fail(const std::string& rule, const std::string& why);
  void fail(const std::string& rule, const run_ended& why);
  void on_signal();
  void finish_outputs();
  totals seen() const;
  void give_up();
  void go_on();
  bool has_output() const { return failed_outputs_ < outputs_.size(); }

  void take(const input_point& p) override;
  void warn_of_names();
  bool has_room() const override { return !over_ && client_.has_room(); }
  void flush() override {
    if (!over_) client_.flush();
  }
  void take_invalid(const input_line& line, std::string_view why) override {
    count_invalid(line, why, counts_);
  }

  void on_ready(const udf_info& info) override;
  void on_room() override { notify_room(); }
  void on_point(const emitted_point& p) override;
  void on_batch_end(const emitted_batch& b) override;
  bool wants_more() override;
  void on_end(const rule_violation* why) override;

  run_settings settings_;
  totals counts_;
  outcome how_;
  event_loop loop_;
  asio::io_context& io_ = loop_.io();
  std::vector<std::unique_ptr<output>> outputs_;
  source source_;
  feed feed_;
  name_check names_;
  udf_client client_;
  progress progress_;
  time_check times_{counts_};
  bool ready_ = false, input_over_ = false, over_ = false, flush_posted_ = false;
  std::size_t unfinished_ = 0, failed_outputs_ = 0;
};

std::unique_ptr<connector> runner::make_connector() {
  if (!settings_.exec.empty()) {
    return make_process_connector(
        io_, settings_.exec, [this](std::string_view line) { read_agent_line(line, counts_); });
  }
  return make_socket_connector(io_, settings_.socket, settings_.connect_timeout);
}

runner::runner(const run_settings& s)
    : settings_(s),
      source_(io_, s.source, *this, counts_),
      feed_(s.feed, counts_),
      names_(s.udf.options, s.feed),
      client_(io_, make_connector(), s.udf, *this, counts_),
      progress_(io_, s.report.progress, counts_) {
  how_.command = s.command;
  how_.function = s.function;
  if (s.output) add_output(make_file_output(io_, *s.output, counts_));
  if (const auto& to = s.influx_output) {
    prepare(to->influxdb);
    add_output(make_influx_output(io_, *to, counts_));
  }
  source_.on_end = [this] {
    input_over_ = true;
    if (!over_) client_.end_input();
  };
  source_.on_failed = [this](const std::string& why) {
    input_over_ = true;
    fail("input", why);
    if (!over_) client_.end_input();
  };
}

void runner::add_output(std::unique_ptr<output> o) {
  o->on_room = [this] {
    if (wants_more()) client_.resume();
  };
  o->on_failed = [this](const run_ended& why) {
    fail("output", why);
    ++failed_outputs_;
    if (!has_output()) stop_input();
  };
  outputs_.push_back(std::move(o));
}

int runner::run() {
  const auto start = std::chrono::steady_clock::now();
  loop_.handle_signals();
  loop_.on_stop([this] { on_signal(); });
  // Before anything is begun: its port may be taken.
  const auto metrics = serve_metrics(
      loop_, settings_.report, [this] { return seen(); },
      [this] { return ready_ ? "" : "the UDF has not said yet what it is"; });
  client_.start();
  progress_.start();
  go_on();
  progress_.stop();
  counts_.warnings = names_.problems(counts_.emitted);
  how_.took = std::chrono::steady_clock::now() - start;
  return report(settings_.report, counts_, how_);
}

/// What has become of the points so far.
totals runner::seen() const {
  auto now = counts_;
  if (over_) return now;
  now.unsent = client_.unsent_points();
  now.sent -= std::min(now.sent, now.unsent);
  return now;
}

/// Whatever goes wrong, the outputs write what they have.
void runner::go_on() {
  try {
    return static_cast<void>(io_.run());
  } catch (const std::exception& e) {
    fail("run", e.what());
    client_.abandon();
    on_end(nullptr);
  }
  try {
    io_.run();
  } catch (const std::exception& e) {
    fail("run", e.what());
    for (const auto& o : outputs_) o->give_up();
  }
}

void runner::take(const input_point& p) {
  const auto filtered = counts_.filtered;
  times_.look_at(p.time);
  try {
    feed_.take(p, client_.output());
  } catch (const std::length_error& e) {
    // kapacitord's task ends here as well, but what was sent before is answered.
    fail("message-too-large", e.what());
    counts_.lose("larger than --max-message", 1);
    asio::post(io_, [this] { stop_input(); });
    return;
  }
  names_.take(p, counts_.filtered == filtered);
  if (names_.due()) warn_of_names();
  if (feed_.satisfied()) {
    asio::post(io_, [this] { stop_input(); });
  }
}

/// The summary has them as they are at the end.
void runner::warn_of_names() {
  for (const auto& problem : names_.problems(counts_.emitted)) {
    log().log(log_level::warn, log_line("names").add("problem", problem));
  }
}

void runner::on_ready(const udf_info&) {
  ready_ = true;
  try {
    source_.start();
  } catch (const run_ended& e) {
    fail("input", e);
    client_.end_input();
  } catch (const std::exception& e) {
    fail("input", e.what());
    client_.end_input();
  }
}

void runner::on_point(const emitted_point& p) {
  ++counts_.emitted;
  for (const auto& o : outputs_) o->write(p);
  if (std::exchange(flush_posted_, true)) return;
  asio::post(io_, [this] {
    flush_posted_ = false;
    for (const auto& o : outputs_) o->flush();
  });
}

void runner::on_batch_end(const emitted_batch& b) {
  ++counts_.batches_out;
  for (const auto& o : outputs_) o->write_batch_end(b);
}

bool runner::wants_more() {
  for (const auto& o : outputs_) {
    if (!o->has_room()) return false;
  }
  return true;
}

void runner::stop_input() {
  if (over_ || input_over_) return;
  if (ready_) return source_.stop();
  client_.abandon();
  on_end(nullptr);
}

void runner::fail(const std::string& rule, const std::string& why) {
  log().log(log_level::error, log_line("failed").add("rule", rule).add("error", why));
  if (!how_.error.empty()) return;
  how_.rule = rule;
  how_.error = why;
}

void runner::fail(const std::string& rule, const run_ended& why) {
  if (how_.exit_code == 0) how_.exit_code = static_cast<int>(why.code());
  fail(rule, why.what());
}

void runner::on_signal() {
  if (loop_.signals() > 1) return give_up();
  log().log(log_level::info, log_line("stopping"));
  stop_input();
}

void runner::on_end(const rule_violation* why) {
  if (std::exchange(over_, true)) return;
  if (why) fail(why->rule(), why->what());
  if (!feed_.satisfied()) counts_.unread = source_.unread();
  source_.abandon();
  notify_room();  // whoever waits for room learns that this is over
  counts_.unsent = client_.unsent_points();
  counts_.sent -= std::min(counts_.sent, counts_.unsent);
  counts_.lose("not sent to the UDF", counts_.unsent);
  counts_.in_windows = feed_.waiting_in_windows();
  finish_outputs();
}

void runner::finish_outputs() {
  unfinished_ = outputs_.size();
  if (unfinished_ == 0) io_.stop();
  for (const auto& o : outputs_) {
    o->finish([this] {
      if (--unfinished_ == 0) io_.stop();
    });
  }
}

void runner::give_up() {
  fail("stopped", run_ended(exit_code::forced, "stopped by a second signal"));
  for (const auto& o : outputs_) o->give_up();
  if (over_) return;
  client_.abandon();
  on_end(nullptr);
}

}  // namespace

int run(const run_settings& s) {
  return runner(s).run();
}

}  // namespace kapacitor::udf::host
