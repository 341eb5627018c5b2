#include "watch/watch.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "base/metrics/metrics_options.hpp"
#include "base/metrics/metrics_server.hpp"
#include "watch/group_points.hpp"
#include "watch/status.hpp"
#include "watch/status_page.hpp"
#include "watch/task_metrics.hpp"

namespace kapacitor::udf::watch {
namespace {

observation seen_by(const server::sight& program) {
  const auto seen = program.look();
  if (!seen) return observation::of_stuck("the supervisor's loop does not turn");
  return {.metrics = metrics_of(*seen), .not_ready = not_ready(*seen), .status = status_of(*seen)};
}

server::watch_at_work serve(const listen_address& at, const server::sight& program,
                            const log_sink& log) {
  const metrics_server::settings how{
      .at = at,
      .program = "kapacitor-udfd",
      .page = status_page(),
      .more = {{"/watch", [=](const std::string& query) { return group_seen(program, query); }}},
      .log = log.write};
  auto made = std::make_shared<metrics_server>(how, [program] { return seen_by(program); });
  log_line("metrics served").add("address", made->at().text()).write(log, log_level::info);
  return {made, [server = std::weak_ptr(made)](std::function<void()> what) {
            if (const auto open = server.lock()) open->post(std::move(what));
          }};
}

}  // namespace

server::watcher metrics_watcher() {
  const auto at = std::make_shared<std::optional<listen_address>>();
  return {.add_options =
              [at](option_rows& rows) {
                option_group g(rows, "Metrics");
                add_metrics_option(g, *at);
              },
          .wanted = [at] { return at->has_value(); },
          .start = [at](const auto& program,
                        const log_sink& log) { return serve(**at, program, log); }};
}

}  // namespace kapacitor::udf::watch
