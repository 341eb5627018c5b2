#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "metrics/scoreboard.hpp"
#include "metrics/seat_plan.hpp"

namespace kapacitor::udf::server {

/// What a connection does, as its server says.
struct connection_view {
  std::uint64_t id = 0;
  std::string function, task, node;  // the task's: empty before Init
  metrics::score score;
  metrics::warning warned;
};

/// The connections of a server without a supervisor, each with a seat on a scoreboard.
///
/// Threads: any
class own_connections {
 public:
  /// Errors: start_error
  own_connections() = default;

  /// A connection's place among them, as long as it lives. Lifetime: own_connections outlives it
  class place {
   public:
    place(own_connections& all, std::uint64_t id, const std::string& function);
    place(place&& other) noexcept : all_(std::exchange(other.all_, nullptr)), id_(other.id_) {}
    place& operator=(place&&) = delete;
    ~place();

    std::size_t seat() const;
    void is_of(const std::string& task, const std::string& node) const;

   private:
    own_connections* all_;
    std::uint64_t id_;
  };

  metrics::scoreboard& board() { return board_; }
  std::vector<connection_view> view() const;
  metrics::watched_group watch(const metrics::watch_request& r);

 private:
  struct one {
    std::string function, task, node;
    std::size_t seat;
  };

  mutable std::mutex mutex_;
  metrics::scoreboard board_;
  metrics::seat_plan seats_;
  std::map<std::uint64_t, one> all_;
};

}  // namespace kapacitor::udf::server
