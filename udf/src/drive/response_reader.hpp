#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drive/emitted.hpp"
#include "drive/validation.hpp"
#include "wire/envelope.hpp"
#include "wire/frame.hpp"
#include "wire/message_numbers.hpp"
#include "wire/receive_buffer.hpp"
#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::host {

/// Takes what the UDF says.
class response_handler {
 public:
  virtual ~response_handler() = default;
  virtual void on_response() = 0;  // of any kind, before the others: the UDF is alive
  virtual void on_info(const udf_info& info) = 0;
  virtual void on_initialized() = 0;
  virtual void on_restored() = 0;
  virtual void on_snapshot(std::string_view snapshot) = 0;
  virtual void on_point(const emitted_point& p) = 0;
  virtual void on_batch_end(const emitted_batch& b) = 0;
  virtual bool ready() = 0;  // false: hand over no more for now
};

/// Management messages are told apart by the number of their request.
using management = wire::message_kind;

/// Reads a UDF's responses without I/O, bytes in, calls out, and holds them against what Kapacitor
/// accepts. Where Kapacitor would reject a response, lose data or go down as a whole, so does this:
/// rule_violation names the rule and says which it is.
///
/// A batch is handed over when it is complete, as Kapacitor does.
/// Threads: one at a time.
class response_reader {
 public:
  response_reader(response_handler& handler, std::size_t max_message)
      : handler_(handler), max_message_(max_message) {}

  /// A request was sent that is to be answered once.
  void expect(management which) { ++expected(which); }
  bool waits_for(management which) { return expected(which) > 0; }
  /// From now on data may come, of this kind.
  void allow_data(edge provides);

  std::span<char> prepare() {
    constexpr std::size_t least = 65536;
    return buffer_.prepare(least, wire::worthwhile_room(buffer_.readable(), least));
  }
  void commit(std::size_t n) { buffer_.commit(n); }
  /// Handles whole messages for as long as the handler is ready.
  /// Returns: true if it is not and some may be left. Errors: rule_violation
  bool process();
  /// The UDF has said everything. Errors: rule_violation if it ended in the middle
  void finish() const;

 private:
  int& expected(management which) { return expected_[static_cast<std::size_t>(which)]; }
  bool process_one();
  void handle(std::string_view message);
  void dispatch(const wire::envelope& envelope);
  void answer_to(management which, const char* name);
  void read_info(std::string_view body);
  void read_outcome(management which, std::string_view body);
  void check_data(const char* what) const;
  void begin(std::string_view body);
  void take_point(std::string_view body);
  void end(std::string_view body);
  void hand_over(const emitted_batch* b);

  response_handler& handler_;
  std::size_t max_message_;
  wire::receive_buffer buffer_;
  int expected_[8] = {};
  bool data_allowed_ = false;
  edge provides_ = edge::stream;

  point point_;
  std::string group_;
  // The batch being received: its points as they came.
  bool in_batch_ = false, batch_by_name_ = false;
  std::string batch_points_;
  std::vector<std::size_t> batch_ends_;
  std::uint64_t batches_ = 0;
};

}  // namespace kapacitor::udf::host
