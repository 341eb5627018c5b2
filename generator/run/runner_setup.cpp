#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "run/runner.hpp"

namespace kapacitor::generator {
namespace {

/// The lines that are to be seen go where they do not mix with anything.
void show_line(bool to_stdout, logger& out, std::string_view line) {
  if (!to_stdout) return out.print(line);
  std::fprintf(stdout, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

}  // namespace

runner::runner(settings s, std::unique_ptr<workload> what)
    : settings_(std::move(s)),
      console_({settings_.level, settings_.log_file}),
      workload_(std::move(what)),
      targets_(settings_, workload_->at_once()),
      state_{{settings_.print, [this, free = settings_.to != destination::standard_output &&
                                             settings_.report != "-"](
                                   std::string_view line) { show_line(free, console_, line); }},
             settings_.max_errors} {
  loop_.handle_signals();
  check_report();
  clamp_lanes();
  listen();
  if (settings_.has_server()) {
    preparation_ = std::make_unique<preparation>(loop_, settings_, targets_, console_);
  }
}

runner::~runner() = default;

void runner::check_report() const {
  if (settings_.report.empty() || settings_.report == "-") return;
  if (!std::ofstream(settings_.report)) {
    throw usage_error("--summary: cannot write " + settings_.report);
  }
}

void runner::clamp_lanes() {
  auto& s = settings_;
  const auto most = workload_->most_lanes();
  if (s.connections > most) {
    console_.log(log_level::warn, fmt::format("--connections {}: using {}, as {}", s.connections,
                                              most, workload_->lane_limit()));
    s.connections = most;
  }
  if (s.threads > s.connections) {
    console_.log(log_level::warn, fmt::format("--threads {}: using {}, one for each connection",
                                              s.threads, s.connections));
    s.threads = s.connections;
  }
}

void runner::listen() {
  if (!settings_.metrics) return;
  metrics_server::settings with{
      *settings_.metrics, [this] { return to_metrics(make_summary()); },
      [this](log_level level, std::string_view text) { console_.log(level, text); }};
  metrics_ = std::make_unique<metrics_server>(loop_, std::move(with));
  console_.log(log_level::info, fmt::format("metrics at port {}", metrics_->port()));
}

void runner::make_workers() {
  for (std::size_t w = 0; w < settings_.threads; ++w) {
    workers_.push_back(
        std::make_unique<worker>([this, w] { loop_.post([this, w] { worker_ended(w); }); }));
  }
  for (std::size_t i = 0; i < settings_.connections; ++i) {
    auto& in = *workers_[i % workers_.size()];
    if (auto made = make_lane(i, settings_.connections, in)) in.add(std::move(made));
  }
  last_known_.resize(workers_.size());
  ended_workers_.resize(workers_.size());
}

std::unique_ptr<lane> runner::make_lane(std::size_t index, std::size_t of, worker& in) {
  lane::plan p;
  p.legs = targets_.legs(in.loop(), index);
  p.max_retry_time = settings_.max_retry_time;
  p.shared = &state_;
  p.log = [this](log_level level, std::string_view text) { console_.log(level, text); };
  p.create_database = [this] { loop_.post([this] { make_database_again(); }); };
  bool any = true;
  p.make_feed = [&](feed_sink to) {
    auto made = workload_->make_feed(index, of, std::move(to), began_);
    any = made != nullptr;
    return made;
  };
  auto made = std::make_unique<lane>(std::move(p));
  return any ? std::move(made) : nullptr;
}

void runner::start() {
  using namespace std::chrono;
  began_.wall = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
  began_.steady = steady_clock::now();
  clock_watch_ = {began_.steady, began_.wall};
  make_workers();
  running_ = workers_.size();
  for (auto& w : workers_) w->start();
}

}  // namespace kapacitor::generator
