#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drive/input_point.hpp"

namespace kapacitor::udf::host {

/// Where a line comes from.
struct input_line {
  std::string_view source;   // a file, "stdin", "request"
  std::uint64_t number = 0;  // from 1
  std::string_view text;
};

/// What takes points from an input: the UDF's feed, or the writer of a recording.
///
/// An input asks has_room() before each point; if there is none it waits for when_room().
class intake {
 public:
  virtual ~intake() = default;
  virtual void take(const input_point& p) = 0;
  virtual bool has_room() const = 0;
  /// Nothing more comes for the moment: hand on what there is.
  virtual void flush() = 0;
  /// Whether texts may be other than UTF-8.
  virtual bool takes_any_bytes() const { return false; }
  /// A line that is no point, and what is wrong with it.
  virtual void take_invalid(const input_line& line, std::string_view why) = 0;

  void when_room(std::function<void()> call) { waiting_.push_back(std::move(call)); }
  void notify_room() {
    for (const auto& call : std::exchange(waiting_, {})) call();
  }

 private:
  std::vector<std::function<void()>> waiting_;
};

/// Where points come from.
class input {
 public:
  virtual ~input() = default;
  virtual void start() = 0;
  /// Takes in nothing more, but finishes what it has begun with; then on_end is called.
  virtual void stop() = 0;
  /// Drops everything at once; on_end is not called.
  virtual void abandon() = 0;
  /// Bytes of a file that have not been read; 0 if that is not known.
  virtual std::uint64_t unread() const { return 0; }

  std::function<void()> on_end;                       // everything has been taken
  std::function<void(const std::string&)> on_failed;  // it cannot go on
};

}  // namespace kapacitor::udf::host
