#include "doctor/doctor.hpp"

#include <iostream>
#include <memory>
#include <utility>

#include "base/text/phrase.hpp"
#include "doctor/function_check.hpp"
#include "doctor/kapacitor_api.hpp"
#include "doctor/revive.hpp"
#include "doctor/task_check.hpp"

namespace kapacitor::udf::doctor {
namespace {

constexpr login_names api_login{.user_variable = "KAPACITOR_USERNAME",
                                .password_variable = "KAPACITOR_PASSWORD",
                                .token_variable = "",
                                .password_credential = "kapacitor-password",
                                .token_credential = ""};

http_client::settings client_of(const settings& s, const kapacitor_conf& conf) {
  http_client::settings c;
  c.to =
      s.url.empty() ? parse_url(conf.url, "[http] bind-address") : parse_url(s.url, "--kapacitor");
  c.authorization = authorization_of(s.who, api_login);
  if (c.to.by == scheme::https) c.tls = make_tls(s.tls);
  return c;
}

std::optional<account> find_user(const settings& s, report& to) {
  auto found = account::find(s.runs_as);
  if (!found) {
    to.warn("user " + s.runs_as,
            "there is none on this machine, so nobody can say what it may open",
            "name the user that kapacitord runs as: --kapacitor-user NAME");
  }
  return found;
}

void tell(report& to, const std::string& url, const api_error& problem,
          const kapacitor_conf& conf) {
  if (problem.code() == exit_code::unreachable) {
    to.error("kapacitord", problem.what(),
             "start it, or name the right address: --kapacitor URL; while a socket above is not "
             "served, it does not come up",
             problem.code());
  } else if (problem.code() == exit_code::refused) {
    to.error("kapacitord", problem.what(),
             conf.auth_enabled
                 ? "say who you are: --user and --password-file, or KAPACITOR_USERNAME "
                   "and KAPACITOR_PASSWORD"
                 : "see --user, --password-file and --tls-ca",
             problem.code());
  } else {
    to.error("kapacitord", problem.what(), "see whether Kapacitor is what answers at " + url);
  }
}

void look_at_tasks(const settings& s, const kapacitor_conf& conf, const known_functions& known,
                   report& to, const log_sink& log) {
  auto client = client_of(s, conf);
  const auto url = client.to.text();
  kapacitor_api api(std::move(client));
  try {
    const auto tasks = api.tasks();
    to.ok("kapacitord", url + " answers, with " + counted(tasks.size(), "task"));
    const auto dead = task_check(known, s.revive, to).check(tasks);
    revive_settings how;
    how.log = log;
    if (s.revive) revive(api, dead, to, how);
  } catch (const api_error& problem) {
    tell(to, url, problem, conf);
  }
}

void check_together(const settings& s) {
  if (!s.conf.empty()) return;
  if (s.revive) throw usage_error("--revive needs --doctor FILE");
  if (!s.url.empty()) throw usage_error("--kapacitor needs --doctor FILE");
}

void add_options(option_rows& rows, settings& s) {
  using places = option_row::places;
  option_group g(rows, "Doctor");
  g.add(
       "doctor", text_value("FILE", s.conf),
       "look whether a kapacitor.conf, its sockets and Kapacitor's tasks are well, and say what to "
       "do")
      .as(places::flag_only);
  g.add("revive", toggle_value(s.revive),
        "disable and enable tasks that should execute and do not, one a second")
      .as(places::flag_only);
  g.add("kapacitor", text_value("URL", s.url), "Kapacitor's HTTP API")
      .by_default("as the file says")
      .as(places::flag_only);
  g.add("kapacitor-user", text_value("NAME", s.runs_as), "the user that kapacitord runs as")
      .as(places::flag_only);
  g.add("user", text_value("NAME", s.who.user),
        "of Kapacitor's API (KAPACITOR_USERNAME); its password: --password-file")
      .as(places::flag_only);
  g.add("password-file", text_value("FILE", s.who.password_file), "one line (KAPACITOR_PASSWORD)")
      .as(places::flag_only);
  g.add("tls-ca", text_value("FILE", s.tls.ca), "certificates to trust with https")
      .by_default("the system's")
      .as(places::flag_only);
}

}  // namespace

exit_code examine(const settings& s, const std::vector<function>& ready_made, std::ostream& out,
                  const log_sink& log) {
  const auto conf = read_kapacitor_conf_file(s.conf);
  // Each line at once: a socket that does not answer takes seconds.
  report to([&out](const finding& f) { out << text_of(f) << std::endl; });
  const auto known = function_check(ready_made, find_user(s, to), to).check(conf);
  look_at_tasks(s, conf, known, to, log);
  return to.code();
}

server::examiner examiner() {
  const auto s = std::make_shared<settings>();
  return {.add_options = [s](option_rows& rows) { add_options(rows, *s); },
          .wanted =
              [s] {
                check_together(*s);
                return !s->conf.empty();
              },
          .run =
              [s](const std::vector<function>& all, const log_sink& log) {
                return static_cast<int>(examine(*s, all, std::cout, log));
              }};
}

}  // namespace kapacitor::udf::doctor
