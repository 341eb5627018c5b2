#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "source/source.hpp"

namespace kapacitor::generator {

/// This machine's own load, read when it is asked for: cpu (of each core and in total), mem, load
/// and net, with the field names Telegraf gives them.
///
/// Errors:  the constructor throws usage_error if there is no such /proc; a file that cannot be
///          read later leaves out its lines
/// Threads: one at a time
/// Source:  proc(5)
class host_source final : public source {
 public:
  explicit host_source(std::string proc = "/proc", std::string host = {});

  std::size_t points_per_tick() const override { return points_; }
  bool live() const override { return true; }
  void produce(const tick& t, range points, batcher& out) override;

 private:
  // user, system, idle, iowait, irq, steal
  using cpu_times = std::array<std::uint64_t, 6>;
  struct cpu_state {
    cpu_times before{};
    std::array<double, 6> percent{};
  };

  void add_cpus(std::string& lines);
  void add_memory(std::string& lines) const;
  void add_load(std::string& lines) const;
  void add_network(std::string& lines) const;
  std::string head(std::string_view measurement, std::string_view tag = {},
                   std::string_view value = {}) const;

  std::string proc_;
  std::string host_;
  std::map<std::string, cpu_state> cpus_;
  std::size_t points_ = 0;
};

}  // namespace kapacitor::generator
