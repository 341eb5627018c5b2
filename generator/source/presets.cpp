#include "source/presets.hpp"

namespace kapacitor::generator {

scenario sensors_scenario() {
  const float_shape value{.base = 60,
                          .spread = 10,
                          .swing = 8,
                          .period = 300,
                          .trend = 5,
                          .trend_period = 7200,
                          .noise = 0.4,
                          .decimals = 3};
  const float_shape temperature{.base = 21,
                                .spread = 3,
                                .swing = 4,
                                .period = 600,
                                .trend = 1,
                                .trend_period = 14400,
                                .noise = 0.15,
                                .decimals = 2};
  scenario s;
  s.measurement = "sensors";
  s.series = 20;
  s.tags = {{"host", {}},
            {"kind", {"pump", "fan", "valve", "press", "motor"}},
            {"site", {"north", "south"}}};
  s.fields = {{"value", float_field{value, true}},
              {"temperature", float_field{temperature, false}},
              {"count", counter_field{}},
              {"state", state_field{}},
              {"on", running_field{}}};
  return s;
}

scenario pulse_scenario() {
  scenario s;
  s.measurement = "pulse";
  s.tags = {{"host", {}}};
  const float_shape value{.base = 10, .swing = 5, .period = 20, .noise = 0.2, .decimals = 3};
  s.fields = {{"value", float_field{value, false}}};
  return s;
}

}  // namespace kapacitor::generator
