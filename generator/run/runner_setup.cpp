#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "run/error.hpp"
#include "run/runner.hpp"
#include "source/host.hpp"
#include "scenario/scenario.hpp"
#include "source/synthetic.hpp"

namespace kapacitor::generator {
namespace {

std::int64_t wall_time() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

runner::runner(settings s) : settings_(std::move(s)), console_(settings_.level) {
  make_source();
  interval();
  if (!settings_.report.empty() && settings_.report != "-") {
    if (!std::ofstream(settings_.report)) {
      throw usage_error("--report: cannot write " + settings_.report);
    }
  }
  if (settings_.dry_run) {
    file_ = std::make_unique<file_target>(STDOUT_FILENO);
    target_ = file_.get();
  } else {
    server_ = std::make_unique<server>(
        loop_, server::settings{settings_.speaks, settings_.url, settings_.database,
                                settings_.retention_policy, settings_.timeout});
    target_ = server_.get();
    preparation_ = std::make_unique<preparation>(loop_, settings_, *server_, console_);
  }
  make_delivery();
}

runner::~runner() {
  target_->cancel();
}

void runner::make_source() {
  if (settings_.scenario == "host") {
    source_ = std::make_unique<host_source>();
    return;
  }
  auto chosen = load_scenario(settings_.scenario);
  for (auto& m : chosen.measurements) {
    if (settings_.measurement) m.name = *settings_.measurement;
    if (settings_.series) m.series = *settings_.series;
  }
  chosen.seed = settings_.seed;
  if (!settings_.labels.empty()) truth_ = std::make_unique<label_files>(settings_.labels, "");
  synthetic_source::options o;
  o.anomalies = settings_.anomalies;
  o.truth = truth_.get();
  source_ = std::make_unique<synthetic_source>(std::move(chosen), std::move(o));
}

void runner::make_delivery() {
  delivery::settings d;
  d.peer = server_ ? server_->name() : "stdout";
  // Points that are made as fast as they are taken never pile up.
  d.max_age = at_once() ? delivery::nanoseconds::max() : settings_.backlog_age;
  d.max_points = at_once() ? UINT64_MAX : settings_.backlog_points;
  d.max_bytes = settings_.backlog_bytes;
  d.create_database = settings_.create_database;
  // Two generators that lose their server together must not come back together.
  d.seed = settings_.seed ^ static_cast<std::uint64_t>(::getpid()) << 32U;
  delivery_ = std::make_unique<delivery>(
      std::move(d), [this](log_level level, std::string_view text) { console_.log(level, text); });
}

bool runner::at_once() const {
  return settings_.at_once.value_or(settings_.dry_run && settings_.bounded() && !source_->live());
}

tick_interval runner::interval() const {
  if (settings_.interval) return {settings_.interval->count(), 1};
  if (!settings_.milli_rate) return {};
  const auto i = tick_interval::of_rate(source_->points_per_tick(), *settings_.milli_rate);
  if (i.numerator < i.denominator) {
    throw usage_error("--rate: the points of a series would be less than 1ns apart");
  }
  return i;
}

void runner::make_feed() {
  tick_feed::plan p;
  p.interval = interval();
  p.start_time = settings_.start.value_or(wall_time());
  p.points = settings_.points;
  p.duration = settings_.duration;
  p.at_once = at_once();
  p.flush = settings_.flush;
  p.batch.points = std::min(settings_.batch, settings_.backlog_points);
  p.batch.points = std::max<std::size_t>(p.batch.points, 1);
  tick_feed::sink to{[this](batch&& b) { delivery_->add(std::move(b)); },
                     [this] { return delivery_->waiting_batches() >= 4; }};
  started_ = std::chrono::steady_clock::now();
  feed_ = std::make_unique<tick_feed>(*source_, p, std::move(to), started_);
}

}  // namespace kapacitor::generator
