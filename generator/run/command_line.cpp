#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "line/escape.hpp"
#include "run/error.hpp"
#include "run/settings.hpp"
#include "run/units.hpp"

namespace kapacitor::generator {
namespace {

constexpr std::uint64_t most_series = 1'000'000;

constexpr const char* description =
    "Feeds InfluxDB or Kapacitor a live, reproducible stream of points.\n"
    "Without limits it runs until Ctrl-C; then it sends what it has and prints a summary.";

constexpr const char* footer = R"(
Scenarios:
  sensors  machines with value (seasonal, trend, noise, anomalies), temperature, count, state, on
  pulse    one series with one float field
  host     this machine's own cpu, mem, load and net, as measurements of these names

Exit codes: 0 all points accepted, 1 some rejected, dropped or not sent, 2 wrong usage,
3 server not reached, 4 server refuses (database, retention policy, authorisation), 130 forced.

Examples:
  kapacitor-udf-generator
  kapacitor-udf-generator --rate 10k --duration 1m --labels truth.jsonl --report run.json
  kapacitor-udf-generator --dry-run --points 5 --start 2024-01-01T00:00:00Z
  kapacitor-udf-generator --target kapacitor --rate 50k --duration 20s
)";

/// The flags as text, bound to a settings object.
class command_line {
 public:
  command_line() : app_(description, "kapacitor-udf-generator") {
    app_.footer(footer);
    app_.set_version_flag("--version", "kapacitor-udf-generator " KAPACITOR_UDF_VERSION);
    app_.get_formatter()->column_width(36);
    add_target();
    add_data();
    add_rate();
    add_failure();
    add_report();
  }

  std::optional<settings> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& done) {
      app_.exit(done, std::cout, std::cerr);
      return std::nullopt;
    } catch (const CLI::ParseError& error) {
      std::string why = error.what();
      std::replace(why.begin(), why.end(), '\n', ' ');
      throw usage_error(why + " (--help lists what is allowed)");
    }
    finish();
    return std::move(s_);
  }

 private:
  using text = std::string;
  using reader = std::function<void(const text&)>;

  /// An option whose text is read by `read`; what that throws gets the flag's name in front.
  CLI::Option* option(const char* flag, const char* type, const char* help, reader read) {
    const auto named = [flag, read = std::move(read)](const text& value) {
      try {
        read(value);
      } catch (const usage_error& error) {
        throw usage_error(text(flag) + ": " + error.what());
      }
    };
    auto* made = app_.add_option_function<text>(flag, named, help)->type_name(type);
    return made->group(group_);
  }
  CLI::Option* duration(const char* flag, const char* help, settings::nanoseconds& to) {
    return option(flag, "DURATION", help, [&to](const text& t) { to = parse_duration(t); });
  }
  CLI::Option* flag(const char* name, const char* help, std::function<void()> set) {
    return app_.add_flag_callback(name, std::move(set), help)->group(group_);
  }
  template <class T>
  CLI::Option* choice(const char* name, const char* help, T& to, const std::map<text, T>& values) {
    text names;
    for (const auto& value : values) names += (names.empty() ? "" : "|") + value.first;
    const auto read = [&to, values, names](const text& t) {
      const auto found = values.find(t);
      if (found == values.end()) {
        throw usage_error(fmt::format("'{}' is none of {}", t, names));
      }
      to = found->second;
    };
    return option(name, names.c_str(), help, read);
  }

  void add_target();
  void add_data();
  void add_rate();
  void add_failure();
  void add_report();
  void read_backlog(const text& t);
  void finish();
  void check_scenario() const;

  CLI::App app_;
  const char* group_ = "";
  settings s_;
  text url_;
  text kapacitor_url_ = "http://127.0.0.1:9092";
};

void command_line::add_target() {
  group_ = "Target";
  choice<protocol>("--target", "where the points go (influxdb)", s_.speaks,
                   {{"influxdb", protocol::influxdb}, {"kapacitor", protocol::kapacitor}});
  option("--url", "URL", "its address (http://127.0.0.1:8086; for kapacitor --kapacitor-url)",
         [this](const text& t) { url_ = t; });
  option("--db", "NAME", "database, created if missing (demo)",
         [this](const text& t) { s_.database = t; });
  option("--rp", "NAME", "retention policy (autogen)",
         [this](const text& t) { s_.retention_policy = t; });
  flag("--no-create-db", "do not create the database", [this] { s_.create_database = false; });
  option("--kapacitor-url", "URL", "the Kapacitor that is to be subscribed (http://127.0.0.1:9092)",
         [this](const text& t) { kapacitor_url_ = t; });
  choice<subscribe_mode>("--subscribe",
                         "before the first point, have Kapacitor subscribed to the database (auto)",
                         s_.subscribe,
                         {{"auto", subscribe_mode::automatic},
                          {"off", subscribe_mode::off},
                          {"require", subscribe_mode::require}});
  duration("--wait-for-subscription", "wait that long for anybody to subscribe to the database (0)",
           s_.wait_for_subscription);
  duration("--wait-for-server", "wait that long for the server to answer (30s)",
           s_.wait_for_server);
  flag("--dry-run", "write line protocol to stdout, send nothing", [this] { s_.dry_run = true; });
}

void command_line::add_data() {
  group_ = "Data";
  option("--scenario", "NAME|FILE", "what to generate; `scenarios` lists them (pulse)",
         [this](const text& t) { s_.scenario = t; });
  option("--measurement", "NAME", "instead of the scenario's own", [this](const text& t) {
    const auto wrong = why_not_a_name(t);
    if (!wrong.empty()) throw usage_error(text(wrong));
    s_.measurement = t;
  });
  option("--series", "N", "instead of the scenario's own", [this](const text& t) {
    s_.series = parse_count(t);
    if (*s_.series < 1 || *s_.series > most_series) {
      throw usage_error(fmt::format("must be between 1 and {}, got {}", most_series, t));
    }
  });
  option("--seed", "N", "same seed, same values (1)",
         [this](const text& t) { s_.seed = parse_count(t); });
  option("--start", "TIME", "time of the first point: now or RFC3339 (now)", [this](const text& t) {
    if (t != "now") s_.start = parse_time(t);
  });
  option("--points", "N", "stop after that many (no limit)",
         [this](const text& t) { s_.points = parse_count(t); });
  duration("--duration", "stop after that long (no limit)", s_.duration);
  flag("--no-anomalies", "the same stream without its anomalies", [this] { s_.anomalies = false; });
  option("--labels", "FILE", "write where the anomalies are, as JSON lines",
         [this](const text& t) { s_.labels = t; });
}

void command_line::add_rate() {
  group_ = "Rate";
  auto* rate = option("--rate", "POINTS/S", "of all series together (one per series and second)",
                      [this](const text& t) { s_.milli_rate = parse_rate(t); });
  option("--interval", "DURATION", "between two points of a series (1s)", [this](const text& t) {
    s_.interval = parse_duration(t);
    if (s_.interval->count() < 1) throw usage_error("must be more than 0");
  })->excludes(rate);
  option("--speed", "real|max", "max: do not wait for points to be due (real)",
         [this](const text& t) {
           if (t != "real" && t != "max") throw usage_error("'" + t + "' is none of real|max");
           s_.at_once = t == "max";
         });
  option("--batch", "N", "most points in a request (5000)", [this](const text& t) {
    s_.batch = parse_count(t);
    if (s_.batch < 1) throw usage_error("must be at least 1");
  });
  duration("--flush", "longest a point waits for others to join it (100ms)", s_.flush);
}

void command_line::read_backlog(const text& t) {
  if (!t.empty() && std::string_view("0123456789kKMG").find(t.back()) != text::npos && t != "0") {
    s_.backlog_points = parse_count(t);
    s_.backlog_age = settings::nanoseconds::max();
  } else {
    s_.backlog_age = parse_duration(t);
  }
}

void command_line::add_failure() {
  group_ = "Failure";
  option("--max-backlog", "DURATION|N",
         "keep what cannot be sent: for that long, or that many (2m)",
         [this](const text& t) { read_backlog(t); });
  option("--max-backlog-bytes", "SIZE", "but no more than that (256MiB)",
         [this](const text& t) { s_.backlog_bytes = parse_size(t); });
  duration("--max-retry-time", "give up after that long (while generating never, then 30s)",
           s_.max_retry_time);
  duration("--shutdown-timeout", "after Ctrl-C, time to send what is left (5s)",
           s_.shutdown_timeout);
  duration("--timeout", "longest wait for one answer (10s)", s_.timeout);
}

void command_line::add_report() {
  group_ = "Report";
  option("--report", "FILE", "write the summary as JSON (- for stdout)",
         [this](const text& t) { s_.report = t; });
  option("--progress", "DURATION|off", "how often to show it (1s)", [this](const text& t) {
    s_.progress = t == "off" ? settings::nanoseconds(0) : parse_duration(t);
  });
  choice<log_level>("--log-level", "what to tell (info)", s_.level,
                    {{"trace", log_level::trace},
                     {"debug", log_level::debug},
                     {"info", log_level::info},
                     {"warn", log_level::warn},
                     {"error", log_level::error},
                     {"off", log_level::off}});
  flag("-v,--verbose", "show progress even where there is no terminal",
       [this] { s_.verbose = true; });
  flag("-q,--quiet", "tell only what goes wrong", [this] { s_.quiet = true; });
}

void command_line::check_scenario() const {
  if (s_.scenario != "host") return;
  const auto refuse = [](const char* name) {
    throw usage_error(text(name) + " is not for --scenario host, which reads this machine");
  };
  if (s_.measurement) refuse("--measurement");
  if (s_.series) refuse("--series");
  if (s_.start) refuse("--start");
  if (!s_.labels.empty()) refuse("--labels");
  if (s_.at_once.value_or(false)) refuse("--speed max");
}

void command_line::finish() {
  check_scenario();
  if (s_.database.empty()) throw usage_error("--db must not be empty");
  if (s_.retention_policy.empty()) throw usage_error("--rp must not be empty");
  if (s_.timeout.count() < 1) throw usage_error("--timeout must be more than 0");
  if (s_.dry_run && s_.report == "-") throw usage_error("--report - would mix with --dry-run");
  s_.kapacitor_url = parse_url(kapacitor_url_, "--kapacitor-url");
  if (!url_.empty()) {
    s_.url = parse_url(url_, "--url");
  } else if (s_.speaks == protocol::kapacitor) {
    s_.url = s_.kapacitor_url;
  } else {
    s_.url = parse_url("http://127.0.0.1:8086", "--url");
  }
  if (s_.quiet) {
    s_.progress = {};
    s_.level = std::max(s_.level, log_level::warn);
  }
}

}  // namespace

std::optional<settings> parse_command_line(int argc, const char* const* argv) {
  return command_line().parse(argc, argv);
}

}  // namespace kapacitor::generator
