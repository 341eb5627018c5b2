#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doctor/account.hpp"
#include "doctor/finding.hpp"
#include "doctor/kapacitor_conf.hpp"
#include "drive/validation.hpp"
#include <kapacitor/udf/function.hpp>

namespace kapacitor::udf::doctor {

/// What is known of a function that a kapacitor.conf names, by its name there.
struct known_function {
  bool usable = false;                 // Kapacitor can start a task with it, as far as we see
  std::optional<host::udf_info> info;  // what it takes, if that can be known
};
using known_functions = std::map<std::string, known_function>;

/// Looks at the functions of a kapacitor.conf: time-outs, sockets, who may open them, and what
/// answers there. Starts no program.
class function_check {
 public:
  /// `user`: as whom kapacitord runs; nothing: unknown. `ready_made`: what kapacitor-udfd has.
  function_check(const std::vector<function>& ready_made, std::optional<account> user, report& to)
      : ready_made_(ready_made), user_(std::move(user)), report_(to) {}

  known_functions check(const kapacitor_conf& conf);

 private:
  known_function check_one(const function_entry& f);
  bool check_keys(const function_entry& f);
  void check_timeout(const function_entry& f);
  known_function check_socket(const function_entry& f);
  bool check_socket_file(const function_entry& f);
  bool check_user(const function_entry& f, access what, const std::string& path);
  known_function ask(const function_entry& f);
  void compare(const function_entry& f, const host::udf_info& info);
  known_function check_program(const function_entry& f);
  void check_shared(const std::vector<function_entry>& all);
  const function* find(const std::string& name) const;
  std::string meant(const std::string& name) const;

  const std::vector<function>& ready_made_;
  const std::optional<account> user_;
  report& report_;
};

/// What a function of ours would answer to Info.
host::udf_info info_of(const function& f);

}  // namespace kapacitor::udf::doctor
