#include "doctor/finding.hpp"

#include "base/text/quote.hpp"

namespace kapacitor::udf::doctor {
namespace {

/// On one line, whatever servers and files say.
std::string escaped(const std::string& text) {
  std::string line;
  for (const char c : text) append_escaped(line, c);
  return line;
}

}  // namespace

std::string text_of(const finding& f) {
  const char* word = f.how == grade::ok        ? "ok     "
                     : f.how == grade::warning ? "warning"
                                               : "error  ";
  const auto to_do = f.to_do.empty() ? std::string() : "; " + f.to_do;
  return escaped(std::string(word) + "  " + f.what + ": " + f.why + to_do);
}

void report::error(const std::string& what, const std::string& why, const std::string& to_do,
                   exit_code code) {
  failed_ = failed_ || code == exit_code::failed;
  refused_ = refused_ || code == exit_code::refused;
  unreachable_ = unreachable_ || code == exit_code::unreachable;
  add({grade::error, what, why, to_do});
}

exit_code report::code() const {
  if (failed_) return exit_code::failed;
  if (refused_) return exit_code::refused;
  return unreachable_ ? exit_code::unreachable : exit_code::success;
}

}  // namespace kapacitor::udf::doctor
