#include "run/runner.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "run/metrics.hpp"

namespace kapacitor::generator {
namespace {

/// The lines that are to be seen go where they do not mix with anything.
std::function<void(std::string_view)> line_printer(const settings& s, logger& out) {
  if (s.to == destination::standard_output || s.report == "-") {
    return [&out](std::string_view line) { out.print(line); };
  }
  return [](std::string_view line) {
    std::fprintf(stdout, "%.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(stdout);
  };
}

std::unique_ptr<preparation> preparation_for(const settings& s, event_loop& loop, const targets& t,
                                             logger& out) {
  return s.has_server() ? std::make_unique<preparation>(loop, s, t, out) : nullptr;
}

}  // namespace

runner::runner(settings s, std::unique_ptr<workload> what)
    : settings_(std::move(s)),
      console_({settings_.level, settings_.log_file}),
      workload_(std::move(what)),
      targets_(settings_, settings_,
               {settings_.create_database, settings_.seed.value_or(1), workload_->at_once()}),
      state_{{settings_.print, line_printer(settings_, console_)}, settings_.max_errors},
      // preparation_ owns it: NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
      preparation_(preparation_for(settings_, loop_, targets_, console_)),
      workers_(*workload_, targets_, state_, hooks()),
      report_(settings_, *workload_, workers_, console_),
      supervisor_(settings_, {loop_, workers_, report_, console_, preparation_.get()}) {
  loop_.handle_signals();
  limit_lanes();
  listen();
}

worker_pool::hooks runner::hooks() {
  return {[this](log_level level, std::string_view text) { console_.log(level, text); },
          [this] { loop_.post([this] { supervisor_.make_database_again(); }); },
          [this](std::size_t worker) {
            loop_.post([this, worker] { supervisor_.worker_ended(worker); });
          }};
}

void runner::limit_lanes() {
  auto& s = settings_;
  const auto most = workload_->most_lanes();
  if (s.connections > most) {
    console_.log(log_level::warn, log_line("fewer --connections")
                                      .add("asked", s.connections)
                                      .add("used", most)
                                      .add("reason", workload_->lane_limit()));
    s.connections = most;
  }
  if (s.threads > s.connections) {
    console_.log(log_level::warn, log_line("fewer --threads")
                                      .add("asked", s.threads)
                                      .add("used", s.connections)
                                      .add("reason", "one for each connection"));
    s.threads = s.connections;
  }
}

void runner::listen() {
  if (!settings_.metrics) return;
  const metrics_server::settings with{
      .at = *settings_.metrics,
      .program = "kapacitor-udf-generator",
      .log = [this](log_level level, std::string_view text) { console_.log(level, text); }};
  metrics_ = std::make_unique<metrics_server>(
      with,
      looked_at_by([this](auto what) { loop_.post(std::move(what)); }, [this] { return look(); }));
  console_.log(log_level::info, log_line("metrics served").add("port", metrics_->at().port));
}

observation runner::look() {
  const auto s = report_.so_far();
  return {.metrics = to_metrics(s),
          .not_ready = report_.has_begun() ? "" : "the target is being prepared",
          .status = to_json(s)};
}

int runner::run() {
  loop_.on_hangup([this] {
    console_.reopen();
    workers_.reopen_labels();
  });
  loop_.on_user_signal([this] { console_.print(to_text(report_.so_far())); });
  try {
    send();
  } catch (const run_ended& end) {
    report_.ended(end);
  }
  workers_.abort();
  workers_.join();
  workload_->finish();
  return report_.conclude();
}

void runner::send() {
  if (preparation_) {
    preparation_->run();
    preparation_->hang_up();
  }
  const workload::beginning now{std::chrono::steady_clock::now(), wall_time()};
  for (const auto& w : workload_->warnings(now.wall)) console_.log(log_level::warn, w);
  report_.began(now.steady);
  workers_.start(settings_, now);
  supervisor_.run(now);
}

}  // namespace kapacitor::generator
