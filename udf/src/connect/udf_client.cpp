#include "connect/udf_client.hpp"

#include <bit>

#include <fmt/format.h>

#include "connect/log.hpp"
#include "connect/snapshot_file.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host {
namespace {

constexpr std::size_t most_unsent = std::size_t{1} << 20;

/// Adds the content of Info.
log_line& add_info(log_line& line, const udf_info& info) {
  const auto name = [](edge e) { return e == edge::batch ? "BATCH" : "STREAM"; };
  return line.add("wants", name(info.wants))
      .add("provides", name(info.provides))
      .add("options", info.options.size());
}

}  // namespace

class udf_client::impl final : public response_handler {
 public:
  impl(asio::io_context& io, std::unique_ptr<connector> to, const udf_settings& s,
       udf_events& events, totals& counts)
      : io_(io),
        connector_(std::move(to)),
        settings_(s),
        events_(events),
        counts_(counts),
        snapshot_timer_(io) {}

  void start() {
    snapshot_ = load_snapshot(settings_.snapshot_file);
    connect(&impl::ask_info);
  }
  wire::output_buffer& output() { return connection_->output(); }
  void flush() { connection_->flush(); }
  bool has_room() const { return running_ && connection_->waiting_bytes() < most_unsent; }
  const udf_settings& settings() const { return settings_; }
  void resume() {
    if (connection_) connection_->resume();
  }
  void end_input();
  void abandon();
  std::uint64_t unsent_points() const { return connection_ ? connection_->unsent_points() : 0; }

 private:
  void connect(void (impl::*then)());
  void ask_info();
  void on_info_closed(const rule_violation* why);
  void initialize();
  void run();
  void schedule_snapshot();
  void ask_snapshot();
  void keep_snapshot(std::string_view snapshot);
  void end(const rule_violation* why);

  void on_response() override {}
  void on_info(const udf_info& info) override { info_ = info; }
  void on_initialized() override;
  void on_restored() override;
  void on_snapshot(std::string_view snapshot) override;
  void on_point(const emitted_point& p) override { events_.on_point(p); }
  void on_batch_end(const emitted_batch& b) override { events_.on_batch_end(b); }
  bool ready() override { return !running_ || events_.wants_more(); }

  asio::io_context& io_;
  std::unique_ptr<connector> connector_;
  udf_settings settings_;
  udf_events& events_;
  totals& counts_;
  asio::steady_timer snapshot_timer_;
  std::shared_ptr<udf_connection> connection_;
  std::optional<udf_info> info_;
  std::optional<std::string> snapshot_;  // to be restored
  bool running_ = false, ending_ = false, over_ = false;
};

void udf_client::impl::connect(void (impl::*then)()) {
  connector_->open([this, then](const std::string& error, std::shared_ptr<channel> to) {
    if (over_) return;
    if (!to) {
      const rule_violation why("connect", error);
      return end(&why);
    }
    connection_ = std::make_shared<udf_connection>(io_, std::move(to), *this, settings_.connection);
    (this->*then)();
  });
}

void udf_client::impl::ask_info() {
  connection_->start([this](const rule_violation* why) { on_info_closed(why); });
  connection_->request(management::info, info_request());
  connection_->end_input();
}

void udf_client::impl::on_info_closed(const rule_violation* why) {
  if (why && why->rule() == "not-closed") {
    const rule_violation at_start(
        info_ ? "info-not-closed" : "info-not-answered",
        fmt::format("{}; kapacitord hangs at its start",
                    info_ ? "the UDF does not close the Info connection after its half-close"
                          : "the UDF does not answer Info"));
    return end(&at_start);
  }
  if (why) return end(why);
  if (!info_) {
    const rule_violation closed("info-not-answered", "the UDF closed without answering Info");
    return end(&closed);
  }
  log_line info("info");
  log().log(log_level::debug, add_info(info, *info_));
  try {
    validate_options(*info_, settings_.options);
    validate_edge(*info_, settings_.given, settings_.parent_node, settings_.node_id);
  } catch (const rule_violation& invalid) {
    return end(&invalid);
  }
  connect(&impl::initialize);
}

void udf_client::impl::initialize() {
  connection_->start([this](const rule_violation* why) { end(why); });
  connection_->request(management::init,
                       init_request(settings_.options, settings_.task_id, settings_.node_id));
}

void udf_client::impl::on_initialized() {
  const auto snapshot = std::exchange(snapshot_, std::nullopt);
  if (!snapshot) return run();
  log().log(log_level::info, log_line("restoring snapshot")
                                 .add("file", settings_.snapshot_file)
                                 .add("bytes", snapshot->size()));
  connection_->request(management::restore, restore_request(*snapshot));
}

void udf_client::impl::on_restored() {
  counts_.restored = true;
  run();
}

void udf_client::impl::run() {
  connection_->reader().allow_data(info_->provides);
  connection_->on_room = [this] { events_.on_room(); };
  running_ = true;
  auto started =
      log_line("task started").add("task", settings_.task_id).add("node", settings_.node_id);
  log().log(log_level::info, add_info(started, *info_));
  if (!settings_.snapshot_file.empty()) schedule_snapshot();
  events_.on_ready(*info_);
  if (std::exchange(ending_, false)) end_input();
}

void udf_client::impl::schedule_snapshot() {
  if (settings_.snapshot_interval.count() <= 0) return;
  snapshot_timer_.expires_after(settings_.snapshot_interval);
  snapshot_timer_.async_wait([this](error_code error) {
    if (error || over_ || ending_) return;
    ask_snapshot();
    schedule_snapshot();
  });
}

void udf_client::impl::ask_snapshot() {
  if (connection_->reader().waits_for(management::snapshot)) return;
  connection_->request(management::snapshot, snapshot_request());
}

void udf_client::impl::on_snapshot(std::string_view snapshot) {
  if (snapshot.empty()) {
    log().log(log_level::debug, log_line("empty snapshot, not kept"));  // as in Kapacitor
  } else {
    keep_snapshot(snapshot);
  }
}

// As Kapacitor does, the run goes on without a snapshot that cannot be written.
void udf_client::impl::keep_snapshot(std::string_view snapshot) {
  try {
    save_snapshot(settings_.snapshot_file, snapshot);
    ++counts_.snapshots;
    log_line("snapshot")
        .add("file", settings_.snapshot_file)
        .add("bytes", snapshot.size())
        .write(log().sink(), log_level::debug);
  } catch (const std::runtime_error& e) {
    if (!std::has_single_bit(++counts_.snapshots_failed)) return;
    log_line("snapshot not written, going on")
        .add("times", counts_.snapshots_failed)
        .add("error", e.what())
        .write(log().sink(), log_level::error);
  }
}

// A snapshot at the end is the answer to the last request: the UDF sees it after all data.
void udf_client::impl::end_input() {
  if (over_ || std::exchange(ending_, true)) return;
  snapshot_timer_.cancel();
  if (!running_) return;
  if (settings_.snapshot_at_end) ask_snapshot();
  connection_->end_input();
}

void udf_client::impl::end(const rule_violation* why) {
  if (std::exchange(over_, true)) return;
  snapshot_timer_.cancel();
  events_.on_end(why);
}

void udf_client::impl::abandon() {
  over_ = true;
  snapshot_timer_.cancel();
  connector_->cancel();
  if (connection_) connection_->abandon();
}

udf_client::udf_client(asio::io_context& io, std::unique_ptr<connector> to, const udf_settings& s,
                       udf_events& events, totals& counts)
    : impl_(std::make_unique<impl>(io, std::move(to), s, events, counts)) {}
udf_client::~udf_client() = default;
void udf_client::start() {
  impl_->start();
}
wire::output_buffer& udf_client::output() {
  return impl_->output();
}
void udf_client::flush() {
  impl_->flush();
}
bool udf_client::has_room() const {
  return impl_->has_room();
}
std::size_t udf_client::max_message() const {
  return impl_->settings().connection.max_message;
}
void udf_client::resume() {
  impl_->resume();
}
void udf_client::end_input() {
  impl_->end_input();
}
void udf_client::abandon() {
  impl_->abandon();
}
std::uint64_t udf_client::unsent_points() const {
  return impl_->unsent_points();
}

}  // namespace kapacitor::udf::host
