#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "support/ready_made/setting.hpp"

namespace kapacitor::udf::test {

inline std::vector<setting> signal_settings() {
  using namespace std::chrono_literals;
  const auto filter = [](std::string method, std::vector<option> more) {
    more.push_back({"field", {"value"}});
    more.push_back({"method", {method}});
    return setting{.function = "filter", .variant = method, .options = std::move(more)};
  };
  return {
      filter("lowpass", {{"cutoff", {0.1}}, {"interval", {1s}}, {"order", {4}}}),
      filter("highpass", {{"cutoff", {0.05}}, {"interval", {1s}}, {"order", {3}}, {"keep", {}}}),
      filter("bandpass", {{"low", {0.05}}, {"high", {0.2}}, {"interval", {1s}}, {"order", {8}}}),
      filter("bandstop", {{"low", {0.1}}, {"high", {0.11}}, {"interval", {1s}}}),
      filter("median", {{"size", {15}}}),
      filter("hampel", {{"size", {15}}, {"keep", {}}}),
      filter("savgol", {{"size", {21}}, {"degree", {3}}, {"maxGap", {10s}}}),
      filter("kalman", {{"processNoise", {0.1}}, {"measurementNoise", {1.0}}}),
      {.function = "spectrum",
       .options = {{"field", {"value"}},
                   {"size", {64}},
                   {"interval", {1s}},
                   {"everyCount", {16}},
                   {"maxFill", {10s}},
                   {"band", {"slow", 0.0, 0.1}},
                   {"band", {"fast", 0.1, 0.6}}}},
      {.function = "spectrum",
       .variant = "odd",
       .options = {{"field", {"value"}},
                   {"size", {15}},
                   {"interval", {1s}},
                   {"every", {1s}},
                   {"maxFill", {5s}},
                   {"taper", {"none"}},
                   {"keep", {}}}},
      {.function = "resample",
       .options = {{"field", {"value"}}, {"every", {1s}}, {"markFilled", {}}}},
      {.function = "resample",
       .variant = "linear",
       .options = {{"field", {"value"}},
                   {"field", {"value1"}},
                   {"every", {700ms}},
                   {"method", {"linear"}},
                   {"maxFill", {1h}}}},
      {.function = "resample",
       .variant = "mean",
       .options = {{"field", {"value"}}, {"every", {5s}}, {"method", {"mean"}}, {"as", {"mean"}}}},
  };
}

}  // namespace kapacitor::udf::test
