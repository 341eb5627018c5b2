#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/text/error.hpp"

namespace kapacitor::udf::doctor {

enum class grade { ok, warning, error };

/// One thing that was looked at.
struct finding {
  grade how = grade::ok;
  std::string what;   // "function ewma", "task cpu"
  std::string why;    // what is so
  std::string to_do;  // empty: nothing
};

/// "error  function ewma: nobody serves /run/x.sock; start kapacitor-udfd"
std::string text_of(const finding& f);

/// Takes the findings, in their order, and says how the program ends.
class report {
 public:
  explicit report(std::function<void(const finding&)> tell) : tell_(std::move(tell)) {}

  void ok(const std::string& what, const std::string& why) { add({grade::ok, what, why, {}}); }
  void warn(const std::string& what, const std::string& why, const std::string& to_do) {
    add({grade::warning, what, why, to_do});
  }
  void error(const std::string& what, const std::string& why, const std::string& to_do,
             exit_code code = exit_code::failed);

  /// That of the first kind of these that was found: failed, refused, unreachable; else success.
  exit_code code() const;

 private:
  void add(const finding& f) { tell_(f); }

  std::function<void(const finding&)> tell_;
  bool failed_ = false, refused_ = false, unreachable_ = false;
};

}  // namespace kapacitor::udf::doctor
