#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include <fuzz/target.hpp>
#include <udf.pb.h>

#include "session/session.hpp"
#include "support/captures.hpp"
#include "wire/frame.hpp"
#include <kapacitor/udf.hpp>

// Any bytes in, in any pieces: whole frames out that libprotobuf reads, batches in pairs, and not
// a byte after the end. The first byte chooses the function and how the rest is cut.
namespace kapacitor::udf {
namespace {

/// Answers a batch by a point and a point by a batch.
struct crosswise {
  static constexpr auto provides = edge::batch;
  void on_point(const udf::point& p, udf::emitter& out) {
    auto b = out.open_batch(p);
    b.extend(p, {{"n", ++n}});
    b.emit(p.time(), p.tags(), {{"n", n}});
    if (n % 3 != 0) b.close(p.time());
  }
  auto state() { return std::tie(n); }
  std::int64_t n = 0;
};
struct summing {
  static constexpr auto provides = edge::stream;
  void on_begin(const udf::batch& b) { name = b.name(); }
  void on_point(const udf::point& p, udf::emitter& out) {
    for (const auto& f : p.fields()) sum += f.value.number().value_or(0);
    out.emit(p, {{"sum", sum}, {name, 1}});
    kept.push_back(p);
  }
  void on_end(const udf::batch_end& e, udf::emitter& out) {
    for (std::size_t i = 0; i < kept.size(); ++i) out.forward(kept[i]);
    kept.clear();
    out.emit(e, {{"sum", sum}});
  }
  auto state() { return std::tie(sum, name); }
  double sum = 0;
  std::string name;
  udf::point_buffer kept;
};

const function& chosen(unsigned n) {
  static const function functions[] = {make_function<test::counting_stream>("f"),
                                       make_function<test::counting_batch>("f"),
                                       make_function<crosswise>("f"), make_function<summing>("f")};
  return functions[n % std::size(functions)];
}

/// Checks what comes out, as kapacitord would read it.
class reader {
 public:
  void take(std::string_view message) {
    ::agent::Response r;
    using fuzz::require;
    require(!message.empty(), "no empty response");
    // Texts pass through as they came; libprotobuf alone insists that they are UTF-8.
    if (!r.ParseFromArray(message.data(), static_cast<int>(message.size()))) return;
    require(r.message_case() != ::agent::Response::MESSAGE_NOT_SET, "each response says something");
    if (r.has_begin()) {
      require(left_ < 0, "no batch in a batch");
      require(r.begin().size() >= 0, "a size is no negative number");
      left_ = r.begin().size();
    }
    if (r.has_end()) {
      require(left_ >= 0, "no end without a begin");
      left_ = -1;
    }
  }

 private:
  std::int64_t left_ = -1;
};

void drain(agent::session& s, std::string& pending, reader& peer) {
  for (bool more = true; more;) {
    more = s.process();
    pending.append(s.output());
    s.consume_output(s.output().size());
  }
  std::string_view left = pending;
  while (const auto next = wire::first_frame(left, wire::default_max_message)) {
    peer.take(next->message);
    left.remove_prefix(next->size);
  }
  fuzz::require(left.empty(), "only whole frames come out");
  pending.clear();
}

void play(std::string_view bytes, unsigned choice) {
  const task_limits limits{.max_groups = 3, .group_ttl = std::chrono::seconds(choice % 3)};
  agent::session s(chosen(choice), {.max_message = 1 << 16, .limits = limits}, {});
  reader peer;
  std::string pending;
  const std::size_t chunk = (choice & 4) ? 1 + (choice >> 3) : bytes.size() + 1;
  while (!bytes.empty()) {
    const auto room = s.prepare();
    fuzz::require(room.size() <= std::size_t{1} << 20, "a length alone earns no memory");
    const auto n = std::min({room.size(), bytes.size(), chunk});
    std::memcpy(room.data(), bytes.data(), n);
    s.commit(n);
    bytes.remove_prefix(n);
    drain(s, pending, peer);
  }
  s.finish();
  drain(s, pending, peer);
  fuzz::require(s.closing(), "a session ends with its input");
}

}  // namespace
}  // namespace kapacitor::udf

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0) kapacitor::udf::play(kapacitor::udf::fuzz::as_text(data + 1, size - 1), data[0]);
  return 0;
}
