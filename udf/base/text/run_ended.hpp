#pragma once

#include <stdexcept>
#include <string>

namespace kapacitor::inline base {

/// The run ends here, with that exit code; the text says why, if there is anything to say.
class run_ended : public std::runtime_error {
 public:
  run_ended(int code, const std::string& why) : std::runtime_error(why), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

}  // namespace kapacitor::inline base
