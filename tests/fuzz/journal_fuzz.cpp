#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include <fuzz/target.hpp>

#include "support/mortal_worker.hpp"
#include "support/requests.hpp"
#include <kapacitor/udf.hpp>

// Requests, deaths and delays in any order: what Kapacitor is told is what it would be told by a
// worker that lives. The first byte chooses the function, the second how often workers die; half of
// the rest are requests, the other half says in which pieces and when everything happens.
namespace kapacitor::udf {
namespace {

/// Answers while a batch comes, and at its end.
struct counting {
  static constexpr auto provides = edge::stream;
  void on_begin(const udf::batch&) { ++batches; }
  void on_point(const udf::point& p, udf::emitter& out) {
    ++points;
    if (points % 2 == 0) out.extend(p, {{"n", points}});
  }
  void on_end(const udf::batch_end& e, udf::emitter& out) { out.emit(e, {{"batches", batches}}); }
  auto state() { return std::tie(batches, points); }
  std::int64_t batches = 0, points = 0;
};

std::string framed(const ::agent::Request& r) {
  return test::frame_of(r);
}

/// One request for each byte.
std::string requests_of(std::string_view bytes, bool batches) {
  std::string all = framed(test::init_request({}));
  bool in_batch = false;
  std::int64_t time = 0;
  for (const char c : bytes) {
    const auto what = static_cast<unsigned char>(c) % 8;
    if (what == 0) {
      all += framed(test::snapshot_request());
    } else if (what == 1) {
      all += framed(test::keepalive_request(++time));
    } else if (batches && (what == 2 || !in_batch)) {
      ::agent::Request r;
      in_batch ? r.mutable_end()->set_tmax(++time) : r.mutable_begin()->set_size(0);
      in_batch = !in_batch;
      all += framed(r);
    } else {
      all += framed(test::point_request(std::string(1, static_cast<char>('a' + what)), ++time, c));
    }
  }
  return all;
}

void play(std::string_view bytes) {
  constexpr std::size_t most = 200;
  const unsigned choice = static_cast<unsigned char>(bytes[0]);
  const unsigned deaths = static_cast<unsigned char>(bytes[1]);
  bytes = bytes.substr(2, 2 * most);
  static const function functions[] = {make_function<test::talkative>("f"),
                                       make_function<counting>("f")};
  const auto& f = functions[choice % 2];
  const auto requests = requests_of(bytes.substr(0, bytes.size() / 2), f.wants == edge::batch);
  const auto script = bytes.substr(bytes.size() / 2);
  const auto calm = test::disturbed_run(f, {}).play(requests);
  const auto got =
      test::disturbed_run(f, {.seed = choice, .script = script, .death = deaths / 512.0})
          .play(requests);
  fuzz::require(calm.data == got.data, "the answers are those of a worker that lives");
  fuzz::require(got.totals.answers_different == 0, "each worker says the same");
  fuzz::require(got.totals.poisoned == 0, "no request is blamed for the deaths");
}

}  // namespace
}  // namespace kapacitor::udf

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size >= 2) kapacitor::udf::play(kapacitor::udf::fuzz::as_text(data, size));
  return 0;
}
