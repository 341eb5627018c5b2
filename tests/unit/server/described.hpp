#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <kapacitor/udf.hpp>

// Functions to be described.
namespace kapacitor::udf::server {

struct every_option {
  struct options {
    std::string field;
    std::int64_t size = 0;
    double scale = 1;
    std::chrono::nanoseconds period = std::chrono::minutes(5);
    std::tuple<std::string, double> limit;
    std::vector<std::string> also;
    std::optional<double> top;
    std::string mode = "mean";
    bool keep = false;

    static auto describe() {
      return schema<options>{}
          .required("field", &options::field, "field to use")
          .required("size", &options::size, "window", at_least(20))
          .optional("scale", &options::scale, "factor", more_than(0))
          .optional("period", &options::period, "how long")
          .required("limit", &options::limit, "name and bound")
          .optional("also", &options::also, "more fields")
          .optional("top", &options::top, "cut here")
          .required("mode", &options::mode, "which <one>", one_of({"mean", "median"}))
          .flag("keep", &options::keep, "keep other fields");
    }
  };
  explicit every_option(const options&) {}
  static udf::description describe() {
    return {.family = "shown",
            .computes = "Means over `size` points.\n\n- one per point\n- and no more",
            .outputs = {{"`mode`_max", "double", "the largest"}, {"n", "int", "points | so far"}},
            .times = "Late ones are dropped.",
            .cost = "O(1)",
            .state = "8 bytes",
            .source = "[Knuth](https://example.org)"};
  }
  void on_point(const point&, emitter&) {}
};
struct batches {
  void on_end(const batch_end&, emitter&) {}
};
/// Needs one of two options.
struct either {
  struct options {
    std::int64_t size = 0;
    std::chrono::nanoseconds period{0};

    static auto describe() {
      return schema<options>{}
          .optional("size", &options::size, "points", at_least(0))
          .optional("period", &options::period, "time");
    }
    void check() const {
      if ((size == 0) == (period.count() == 0)) throw option_error("size or period");
    }
  };
  explicit either(const options&) {}
  void on_point(const point&, emitter&) {}
};

}  // namespace kapacitor::udf::server
