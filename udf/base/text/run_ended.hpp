#pragma once

#include <string>

#include "base/text/error.hpp"

namespace kapacitor {

/// The run ends here, with that exit code; the text says why, if there is anything to say.
class run_ended : public user_error {
 public:
  run_ended(int code, const std::string& why) : user_error(static_cast<exit_code>(code), why) {}
  int code() const { return static_cast<int>(user_error::code()); }
};

}  // namespace kapacitor
