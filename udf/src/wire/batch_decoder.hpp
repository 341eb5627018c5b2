#pragma once

#include <string_view>

#include <kapacitor/udf/batch.hpp>

namespace kapacitor::udf::wire {

/// Reads the messages around the points of a batch as views into them.
///
/// Source: proto/udf.proto, BeginBatch and EndBatch
class batch_decoder {
 public:
  /// Reads a BeginBatch message; `b` gets views into it. Errors: protocol_error
  static void decode(std::string_view message, batch& b);
  /// Reads an EndBatch message; `e` gets views into it. Errors: protocol_error
  static void decode(std::string_view message, batch_end& e);
};

}  // namespace kapacitor::udf::wire
