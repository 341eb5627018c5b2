#include "check/check.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <nlohmann/json.hpp>

#include "base/text/error.hpp"
#include "check/report.hpp"

namespace kapacitor::udf::host::check {
namespace {

bool chosen(const std::vector<std::string>& names, const rule& r) {
  return names.empty() || std::find(names.begin(), names.end(), r.name) != names.end();
}

bool exists(const std::string& name) {
  return std::any_of(sections().begin(), sections().end(), [&](const section& s) {
    return std::any_of(s.rules.begin(), s.rules.end(),
                       [&](const rule& r) { return r.name == name; });
  });
}

std::string all_names() {
  std::string names;
  for (const auto& s : sections()) {
    for (const auto& r : s.rules) names += fmt::format("{}{}", names.empty() ? "" : ", ", r.name);
  }
  return names;
}

void expect_known(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (exists(name)) continue;
    throw usage_error(fmt::format("--rule: \"{}\" is none of {}", name, all_names()));
  }
}

// Kapacitor checks the same when a task is defined.
void expect_fitting_options(subject& udf) {
  try {
    validate_options(udf.info(), udf.options());
  } catch (const rule_violation& why) {
    throw usage_error(fmt::format("--opt: {}", why.what()));
  } catch (const verdict&) {
    // Without an answer to Info they cannot be checked; a rule reports that.
  }
}

void attempt(subject& udf, result& r) {
  const auto start = std::chrono::steady_clock::now();
  try {
    r.tried->attempt(udf);
  } catch (const verdict& v) {
    r.how = v.how();
    r.why = v.what();
  } catch (const std::exception& e) {
    r.how = outcome::fail;
    r.why = e.what();
  }
  r.took = std::chrono::steady_clock::now() - start;
}

/// The rules, one after the other, and what is printed meanwhile.
class trial {
 public:
  explicit trial(const check_settings& s) : settings_(s), udf_(s.udf) {}

  int run() {
    udf_.require_reachable();
    expect_fitting_options(udf_);
    for (const auto& s : sections()) {
      for (const auto& r : s.rules) {
        if (chosen(settings_.rules, r)) try_rule(s, r);
      }
    }
    fmt::print("{}\n", summary_of(results_));
    if (!settings_.json.empty()) write_json();
    const auto failed = [](const result& r) { return r.how == outcome::fail; };
    return std::any_of(results_.begin(), results_.end(), failed) ? 1 : 0;
  }

 private:
  void try_rule(const section& s, const rule& r) {
    result one{s.name, &r, {}, {}, {}};
    udf_.revive();
    if (gone_) {
      one.how = outcome::skip;
      one.why = fmt::format("the UDF is gone since {}", gone_->tried->name);
    } else {
      attempt(udf_, one);
      note_a_dead_server(one);
    }
    results_.push_back(one);
    print(one);
  }

  // A server that goes down takes all tasks with it, whatever the rule was about.
  void note_a_dead_server(result& r) {
    if (udf_.is_process() || !udf_.answers_info()) return;
    const auto trouble = udf_.trouble_with_a_new_connection();
    if (trouble.empty()) return;
    if (r.how != outcome::fail)
      r.why = "it goes down as a whole, with all tasks that use it: " + trouble;
    r.how = outcome::fail;
    if (settings_.udf.where.exec.empty() && udf_.gone()) gone_ = r;
  }

  void print(const result& r) {
    if (r.section != heading_) fmt::print("{}\n", heading_ = r.section);
    fmt::print("  {}\n", line_of(r));
    std::fflush(stdout);
  }

  void write_json() {
    std::ofstream to(settings_.json);
    const auto& where = settings_.udf.where;
    const auto text = json_of(where.socket.empty() ? where.exec : where.socket, results_)
                          .dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
    if (!(to << text << '\n').flush()) {
      throw start_error(fmt::format("--json {}: cannot be written", settings_.json));
    }
  }

  const check_settings& settings_;
  subject udf_;
  std::string_view heading_;
  std::optional<result> gone_;
  std::vector<result> results_;
};

}  // namespace

int check(const check_settings& s) {
  expect_known(s.rules);
  if (s.list) {
    std::fputs(list_of_rules().c_str(), stdout);
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);
  google::protobuf::SetLogHandler(nullptr);  // a message that protobuf cannot read is a result
  return trial(s).run();
}

}  // namespace kapacitor::udf::host::check
