#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace kapacitor::udf::host::check {

/// How a rule went.
///
///   pass    as demanded
///   warn    Kapacitor tolerates it, but its users suffer from it
///   fail    Kapacitor stops the task, loses data, hangs or goes down
///   skip    cannot be tried with this UDF
enum class outcome { pass, warn, fail, skip };

std::string_view to_string(outcome o);

/// Thrown by a rule that does not pass; what() is what was seen.
class verdict : public std::runtime_error {
 public:
  verdict(outcome how, const std::string& seen) : std::runtime_error(seen), how_(how) {}
  outcome how() const { return how_; }

 private:
  outcome how_;
};

[[noreturn]] inline void fail(const std::string& seen) {
  throw verdict(outcome::fail, seen);
}
/// `seen` with what its users suffer.
[[noreturn]] inline void warn(const std::string& seen) {
  throw verdict(outcome::warn, seen);
}
[[noreturn]] inline void skip(const std::string& why) {
  throw verdict(outcome::skip, why);
}

}  // namespace kapacitor::udf::host::check
