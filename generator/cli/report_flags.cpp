#include "cli/flags.hpp"

namespace kapacitor::generator {

void add_report_flags(CLI::App& app, settings& s) {
  flags f(app, "Report");
  f.string("--report", "FILE", "write the summary as JSON (- for stdout)", s.report);
  f.option("--metrics-listen", "HOST:PORT", "serve metrics at /metrics (off)",
           [&s](const std::string& t) {
             s.metrics.reset();
             if (t != "off") s.metrics = parse_listen_address(t);
           });
  f.count("--print", "show the first N lines as well", s.print);
  f.option("--progress", "DURATION|off", "how often to show it (1s)", [&s](const std::string& t) {
    s.progress = t == "off" ? settings::nanoseconds(0) : parse_duration(t);
  });
  f.string("--log-file", "FILE", "tell what happens there instead of on stderr", s.log_file);
  f.choice<log_level>("--log-level", "what to tell (info)", s.level,
                      {{"trace", log_level::trace},
                       {"debug", log_level::debug},
                       {"info", log_level::info},
                       {"warn", log_level::warn},
                       {"error", log_level::error},
                       {"off", log_level::off}});
  f.flag("-v,--verbose", "show progress even where there is no terminal",
         [&s] { s.verbose = true; });
  f.flag("-q,--quiet", "tell only what goes wrong", [&s] { s.quiet = true; });
}

}  // namespace kapacitor::generator
