#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace kapacitor::udf::wire {

/// The peer broke the protocol. Ends the connection.
class protocol_error : public std::runtime_error {
 public:
  explicit protocol_error(const std::string& what, std::size_t offset = 0)
      : std::runtime_error(what), offset_(offset) {}
  /// Where in the message, in bytes from its first.
  std::size_t offset() const { return offset_; }

 private:
  std::size_t offset_;
};

}  // namespace kapacitor::udf::wire
