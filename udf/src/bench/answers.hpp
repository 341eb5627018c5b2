#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kapacitor::udf::host::bench {

/// Counts answers as they come, at a nanosecond or two each: it reads only the first bytes of a
/// message.
class answer_counter {
 public:
  struct counts {
    std::uint64_t points = 0, batches = 0, others = 0;
    std::uint64_t messages() const { return points + batches + others; }
  };

  /// Called with the time of each single point and the tmax of each batch, ns since 1970-01-01.
  std::function<void(std::int64_t)> on_time;

  /// Where to receive.
  std::span<char> prepare();
  /// `n` bytes were received.
  void commit(std::size_t n);

  const counts& counted() const { return counts_; }
  /// The text of an ErrorResponse.
  const std::optional<std::string>& error() const { return error_; }

 private:
  struct head {
    std::size_t prefix;  // bytes of the length
    std::size_t length;
  };
  std::optional<head> next_head() const;
  std::size_t wanted(const head& h) const;
  void count_message(std::string_view message, bool whole);
  void take_point(std::string_view body);
  void take_end(std::string_view body);

  std::vector<char> buffer_ = std::vector<char>(std::size_t{256} << 10);
  std::size_t begin_ = 0, end_ = 0;
  std::size_t skip_ = 0;  // of a message that was looked at and is not whole
  bool in_batch_ = false;
  counts counts_;
  std::optional<std::string> error_;
};

}  // namespace kapacitor::udf::host::bench
