#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "wire/frame.hpp"
#include <kapacitor/udf.hpp>

namespace kapacitor::udf::test {

/// What a real Kapacitor wrote to a UDF; tests/data/captures/README.md says what is in each.
inline const std::vector<std::string>& capture_names() {
  static const std::vector<std::string> names{"info",
                                              "stream-grouped",
                                              "stream-by-measurement",
                                              "stream-ungrouped",
                                              "window-batches",
                                              "query-batches",
                                              "restore"};
  return names;
}

inline std::string capture(const std::string& name) {
  std::ifstream file(std::string(KAPACITOR_UDF_TEST_DATA) + "/captures/" + name + ".req.bin",
                     std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the capture " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The messages of some framed bytes. Lifetime: views into `bytes`.
inline std::vector<std::string_view> messages(std::string_view bytes) {
  std::vector<std::string_view> result;
  while (const auto next = wire::first_frame(bytes, std::size_t{1} << 30)) {
    result.push_back(next->message);
    bytes.remove_prefix(next->size);
  }
  if (!bytes.empty()) throw std::runtime_error("the bytes end in the middle of a message");
  return result;
}

/// The options that the captures use: every type and every shape.
struct capture_options {
  std::string field;
  std::int64_t size = 0;
  double ratio = 0;
  bool flag = false;
  std::chrono::nanoseconds period{};
  std::tuple<std::string, std::int64_t, std::chrono::nanoseconds> mixed;
  bool none = false;

  static auto describe() {
    return udf::schema<capture_options>{}
        .required("field", &capture_options::field, "")
        .optional("size", &capture_options::size, "")
        .optional("ratio", &capture_options::ratio, "")
        .optional("flag", &capture_options::flag, "")
        .optional("period", &capture_options::period, "")
        .optional("mixed", &capture_options::mixed, "")
        .flag("none", &capture_options::none, "");
  }
};

/// Counts the points of its group and says so beside all their fields.
struct counting_stream {
  using options = capture_options;
  explicit counting_stream(const options&) {}
  void on_point(const udf::point& p, udf::emitter& out) { out.extend(p, {{"n", ++n}}); }
  auto state() { return std::tie(n); }

  std::int64_t n = 0;
};

struct counting_batch {
  using options = capture_options;
  explicit counting_batch(const options&) {}
  void on_begin(const udf::batch& b, udf::emitter& out) { open.emplace(out.open_batch(b)); }
  void on_point(const udf::point& p, udf::emitter&) { open->extend(p, {{"n", ++n}}); }
  void on_end(const udf::batch_end& e, udf::emitter&) {
    open->close(e.tmax());
    open.reset();
  }
  auto state() { return std::tie(n); }

  std::int64_t n = 0;
  std::optional<udf::batch_writer> open;
};

/// A function that the capture can be played to.
inline function function_for(const std::string& name) {
  return name.find("batches") != std::string::npos
             ? make_function<counting_batch>("counting_batch")
             : make_function<counting_stream>("counting_stream");
}

}  // namespace kapacitor::udf::test
