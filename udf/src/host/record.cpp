#include <chrono>
#include <exception>
#include <string>

#include "base/net/event_loop.hpp"
#include "connect/log.hpp"
#include "host/metrics.hpp"
#include "host/progress.hpp"
#include "host/recorder.hpp"
#include "host/report.hpp"
#include "host/run.hpp"
#include "host/source.hpp"

namespace kapacitor::udf::host {
namespace {

/// Everything of one recording.
class recording final {
 public:
  explicit recording(const record_settings& s)
      : settings_(s),
        recorder_(s.recorder, counts_),
        source_(io_, s.source, recorder_, counts_),
        progress_(io_, s.report.progress, counts_) {
    loop_.handle_signals();
    loop_.on_stop([this] {
      log().log(log_level::info, log_line("stopping"));
      loop_.signals() > 1 ? io_.stop() : source_.stop();
    });
    source_.on_end = [this] { io_.stop(); };
    source_.on_failed = [this](const std::string& why) {
      fail("input", why);
      io_.stop();
    };
    recorder_.on_satisfied = [this] { asio::post(io_, [this] { source_.stop(); }); };
    how_.command = "record";
  }

  int run() {
    const auto start = std::chrono::steady_clock::now();
    const auto metrics = serve_metrics(
        loop_, settings_.report, [this] { return counts_; }, [] { return std::string(); });
    source_.start();
    progress_.start();
    try {
      io_.run();
    } catch (const std::exception& e) {
      fail("run", e.what());
    }
    progress_.stop();
    if (const auto why = recorder_.close(); !why.empty()) fail("output", why);
    how_.took = std::chrono::steady_clock::now() - start;
    return report(settings_.report, counts_, how_);
  }

 private:
  void fail(const std::string& rule, const std::string& why) {
    log().log(log_level::error, log_line("failed").add("rule", rule).add("error", why));
    if (!how_.error.empty()) return;
    how_.error = why;
    how_.rule = rule;
  }

  record_settings settings_;
  totals counts_;
  outcome how_;
  event_loop loop_;
  asio::io_context& io_ = loop_.io();
  recorder recorder_;
  source source_;
  progress progress_;
};

}  // namespace

int record(const record_settings& s) {
  return recording(s).run();
}

}  // namespace kapacitor::udf::host
