#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "drive/group_finder.hpp"
#include "drive/intake.hpp"
#include "drive/totals.hpp"
#include "drive/window.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::host {

/// What stands between the input and the UDF, as in a TICKscript:
///
///   stream|from().database().retentionPolicy().measurement().groupBy()   |window()
struct feed_settings {
  std::string database, retention_policy, measurement;  // only these; empty: any
  udf::group_by group_by;
  window_settings window;
  std::uint64_t points = 0;  // stop after this number; 0: no limit
  std::size_t max_message = 0;
};

/// Turns points into the requests that Kapacitor would send.
///
/// Source: proto/PROTOCOL.md
class feed {
 public:
  feed(const feed_settings& s, totals& counts);
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;

  /// Adds the point, or the batches that it completes, to `to`. Nothing if it is filtered.
  /// Errors: std::length_error if a message exceeds max_message
  void take(const input_point& p, wire::output_buffer& to);
  /// So many points as asked for have been taken.
  bool satisfied() const { return settings_.points > 0 && taken_ >= settings_.points; }
  std::uint64_t waiting_in_windows() const;

 private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct group_window {
    std::string name;
    std::vector<std::pair<std::string, std::string>> tags;
    window points;
  };

  bool passes(const input_point& p) const;
  void send_point(const input_point& p, wire::output_buffer& to);
  void add_to_window(const input_point& p, wire::output_buffer& to);
  group_window& window_of(const input_point& p);
  void send_batch(const std::string& id, const group_window& g, std::int64_t tmax,
                  const std::deque<window::kept_point>& points, wire::output_buffer& to);

  feed_settings settings_;
  totals& counts_;
  group_finder groups_;
  std::uint64_t taken_ = 0;
  std::unordered_map<std::string, group_window> windows_;
  wire::output_buffer frame_;
  std::unordered_set<std::string, text_hash, std::equal_to<>> seen_groups_;
};

}  // namespace kapacitor::udf::host
