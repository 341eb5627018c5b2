#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::agent {

/// Somebody who looks at the points of a conversation as they go by. Called by the session's
/// thread; what is given is valid during the call.
struct point_watch {
  /// The function is about to take it.
  virtual void took(std::string_view group, const point& p) = 0;
  /// The function has answered: new fields, and those that replace old ones. `time`: ns since 1970
  virtual void answered(std::string_view group, std::int64_t time,
                        std::span<const field> fields) = 0;

 protected:
  ~point_watch() = default;
};

}  // namespace kapacitor::udf::agent
