#pragma once

#include "run/settings.hpp"

namespace kapacitor::generator {

/// Does what is asked for. Returns: the exit code. Errors: usage_error
int execute(settings s);

}  // namespace kapacitor::generator
