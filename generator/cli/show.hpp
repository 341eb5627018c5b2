#pragma once

#include <string>

#include "run/settings.hpp"
#include "scenario/model.hpp"

namespace kapacitor::generator {

// What the commands that send nothing have to say. Errors: usage_error

/// The presets, a line each; or the text of one.
std::string describe_scenarios(const std::string& name);

/// What a scenario or a file of points holds, if it is right.
std::string check(const settings& s);

/// The fields of numbers of a scenario's first series, drawn.
std::string plot(const scenario& s, bool anomalies);

}  // namespace kapacitor::generator
