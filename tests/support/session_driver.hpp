#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <udf.pb.h>

#include "session/session.hpp"
#include "support/captures.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"

namespace kapacitor::udf::test {

inline std::string framed(const google::protobuf::MessageLite& message) {
  wire::output_buffer out;
  wire::append_frame(out, message.SerializeAsString(), std::size_t{1} << 30);
  return std::string(out.view());
}

/// A session by itself: bytes in, responses out, what it logged.
class session_driver {
 public:
  explicit session_driver(function f, agent::session_settings settings = {})
      : function_(std::move(f)),
        session_(function_, settings,
                 {agent::log_level::trace, [this](agent::log_level level, std::string_view line) {
                    log.emplace_back(level, line);
                  }}) {}

  void feed(std::string_view bytes, std::size_t chunk = static_cast<std::size_t>(-1)) {
    while (!bytes.empty()) {
      const auto room = session_.prepare();
      const auto n = std::min({room.size(), bytes.size(), chunk});
      std::memcpy(room.data(), bytes.data(), n);
      session_.commit(n);
      bytes.remove_prefix(n);
      work();
    }
  }
  /// Lets the session answer, until it has nothing more to say.
  void work() {
    for (bool more = true; more;) {
      more = session_.process();
      output_.append(session_.output());
      session_.consume_output(session_.output().size());
    }
  }
  void feed(const ::agent::Request& request) { feed(framed(request)); }
  void finish() {
    session_.finish();
    work();
  }

  /// The wall clock says `now`.
  void advance(timestamp now) {
    session_.advance(now);
    work();
  }

  agent::session& session() { return session_; }
  /// Everything said so far, as bytes.
  std::string& bytes() { return output_; }
  /// What was said since the last call.
  std::vector<::agent::Response> responses() {
    std::vector<::agent::Response> result;
    for (const auto message : messages(output_)) {
      if (!result.emplace_back().ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        throw std::runtime_error("a response that protobuf cannot read");
      }
    }
    output_.clear();
    return result;
  }
  bool logged(agent::log_level level, std::string_view text) const {
    return std::any_of(log.begin(), log.end(), [&](const auto& line) {
      return line.first == level && line.second.find(text) != std::string::npos;
    });
  }

  std::vector<std::pair<agent::log_level, std::string>> log;

 private:
  function function_;
  agent::session session_;
  std::string output_;
};

}  // namespace kapacitor::udf::test
