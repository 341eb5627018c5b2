#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "session/session.hpp"
#include "support/requests.hpp"
#include "wire/frame.hpp"

namespace kapacitor::udf::test {

/// A session at work, its options set, to measure: takes bytes as a driver would, and throws the
/// answers away.
class played {
 public:
  played(function f, const std::vector<option>& options)
      : function_(std::move(f)), session_(function_, {}, {}) {
    feed(frame_of(init_request(options)));
  }
  played(const played&) = delete;
  played& operator=(const played&) = delete;

  /// In pieces as large as a socket gives.
  void feed(std::string_view bytes) {
    constexpr std::size_t piece = 65536;
    while (!bytes.empty()) {
      const auto taken = receive(bytes.substr(0, piece));
      bytes.remove_prefix(taken);
      answer();
    }
  }
  /// Each message in two pieces, its length and its body, as Kapacitor writes them.
  void feed_in_small_pieces(std::string_view bytes) {
    while (const auto next = wire::first_frame(bytes, wire::default_max_message)) {
      feed(bytes.substr(0, next->size - next->message.size()));
      feed(next->message);
      bytes.remove_prefix(next->size);
    }
  }

  bool failed() const { return session_.failed(); }
  agent::session_totals totals() const { return session_.totals(); }

 private:
  std::size_t receive(std::string_view bytes) {
    const auto room = session_.prepare();
    const auto n = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), n);
    session_.commit(n);
    return n;
  }
  void answer() {
    for (bool more = true; more;) {
      more = session_.process();
      session_.consume_output(session_.output().size());
    }
  }

  function function_;
  agent::session session_;
};

}  // namespace kapacitor::udf::test
