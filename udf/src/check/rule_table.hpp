#pragma once

#include <span>
#include <string_view>

namespace kapacitor::udf::host::check {

class subject;

/// One demand on a UDF.
struct rule {
  std::string_view name;       // stable, for scripts
  std::string_view demand;     // a sentence
  std::string_view otherwise;  // what Kapacitor does if the demand is not met
  /// Tries it on fresh connections. Errors: verdict if it does not pass
  void (*attempt)(subject&);
};

struct section {
  std::string_view name;
  std::span<const rule> rules;
};

/// All rules, in the order they are tried: the later ones need what the earlier ones demand.
std::span<const section> sections();

// Each in a file of its own.
std::span<const rule> startup_rules();
std::span<const rule> define_rules();
std::span<const rule> init_rules();
std::span<const rule> snapshot_rules();
std::span<const rule> restore_rules();
std::span<const rule> keepalive_rules();
std::span<const rule> data_rules();
std::span<const rule> delivery_rules();
std::span<const rule> response_rules();
std::span<const rule> content_rules();
std::span<const rule> stop_rules();
std::span<const rule> survival_rules();
std::span<const rule> backpressure_rules();

}  // namespace kapacitor::udf::host::check
