#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "signal/anomaly.hpp"
#include "signal/signal.hpp"
#include "source/source.hpp"
#include "source/truth.hpp"

namespace kapacitor::generator {

/// The kinds of field a scenario may have.
struct float_field {
  float_shape shape;
  bool anomalies = false;
};
struct counter_field {};
struct state_field {};
/// true while the state is "running".
struct running_field {};

struct field_spec {
  std::string name;
  std::variant<float_field, counter_field, state_field, running_field> kind;
};

/// A tag: the series take its values in turn; without values, each has one of its own such as m007.
struct tag_spec {
  std::string name;
  std::vector<std::string> values;
};

/// A measurement and its series, from which every value follows.
struct scenario {
  std::string measurement;
  std::size_t series = 1;
  std::uint64_t seed = 1;
  std::vector<tag_spec> tags;
  std::vector<field_spec> fields;
  bool anomalies = true;
};

/// The points of a scenario: each a pure function of the scenario and the tick.
class synthetic_source final : public source {
 public:
  /// `truth` (may be null) is told of every point within an anomaly.
  explicit synthetic_source(scenario s, truth_log* truth = nullptr);
  /// Only these of the scenario's series: what it makes of them is the same.
  synthetic_source(scenario s, range series, truth_log* truth);

  std::size_t points_per_tick() const override { return series_.size(); }
  void produce(const tick& t, range points, batcher& out) override;
  void finish() override;

 private:
  struct float_state {
    float_signal signal;
    std::unique_ptr<anomaly_plan> plan;  // null: never anomalous
  };
  struct running_state {
    state_signal state;
  };
  using field_state = std::variant<float_state, counter_signal, state_signal, running_state>;
  struct one_series {
    std::string head;  // measurement and tags
    std::vector<field_state> fields;
    tag_list tags;  // only where labels are wanted
  };

  one_series make_series(std::size_t index) const;
  field_state make_field(std::size_t series, std::size_t field) const;
  double value(std::size_t series, std::size_t field, const tick& t);
  char* write_field(char* to, std::size_t series, std::size_t field, const tick& t);

  scenario scenario_;
  truth_log* truth_;
  std::vector<std::string> separators_;  // " name=" of the first field, ",name=" of the others
  std::size_t most_bytes_ = 0;           // of the fields and the time of a line
  std::vector<one_series> series_;
};

}  // namespace kapacitor::generator
