#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <google/protobuf/stubs/logging.h>

// A fuzz target: libFuzzer's entry point. tests/fuzz/replay.cpp calls it as well.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace kapacitor::udf::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// libprotobuf writes a line about each text that is no UTF-8: here nearly all are.
inline const auto no_protobuf_log = google::protobuf::SetLogHandler(nullptr);

/// What must hold for any input, in every build.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace kapacitor::udf::fuzz
