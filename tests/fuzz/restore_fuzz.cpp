#include <chrono>

#include <fuzz/target.hpp>

#include "api/hash.hpp"
#include "functions/statistics/moving_average.hpp"
#include "property/everything.hpp"
#include "session/snapshot.hpp"
#include "support/damaged_snapshot.hpp"
#include <kapacitor/udf/state.hpp>

// A snapshot of any bytes. The first byte says how much of the envelope is made right: nothing, the
// hash, or all but the state. What is taken must give the same snapshot again.
//
// From 128 on it is a good snapshot of a ready-made function, which the second byte chooses, that
// is damaged: by as many changes as the third byte says, of four bytes each; the rest are points.
namespace kapacitor::udf {
namespace {

/// Remembers every supported type, and a tree that may be deep.
struct tree {
  std::vector<tree> branches;
  std::string leaf;
  auto state() { return std::tie(leaf, branches); }
};
struct stateful {
  void on_point(const udf::point&, udf::emitter&) {}
  auto state() { return std::tie(kept); }
  test::everything kept;
};
struct growing {
  void on_point(const udf::point&, udf::emitter&) {}
  auto state() { return std::tie(kept); }
  tree kept;
};

struct candidate {
  function f;
  std::vector<option> options;
};
const candidate& chosen(unsigned n) {
  static const candidate all[] = {
      {make_function<stateful>("f"), {}},
      {make_function<growing>("f"), {}},
      {make_function<functions::moving_average>("f"), {{"field", {"x"}}, {"size", {100}}}}};
  return all[n % std::size(all)];
}

void put_text(state_writer& out, std::string_view text) {
  out.count(text.size());
  out.raw(text.data(), text.size());
}

std::string enveloped(const function& f, task& t, std::string_view state) {
  std::string s;
  state_writer out(s);
  out.raw("KUDF\2", 5);
  put_text(out, f.name);
  put_text(out, t.fingerprint());
  out.raw(&f.state_version, sizeof f.state_version);
  put_text(out, "");  // no cookie
  put_text(out, state);
  return s;
}

std::string with_hash(std::string s) {
  constexpr std::uint64_t seed = 0x6b61706163697400u;
  const auto hash = agent::hash_bytes(s, seed);
  s.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  return s;
}

void restore(unsigned choice, std::string_view bytes) {
  const auto& [f, options] = chosen(choice >> 2);
  const task_limits limits{.max_groups = 1000,
                           .group_ttl = std::chrono::seconds(choice % 8 < 4 ? 0 : 100)};
  const auto t = f.make_task(options, limits);
  std::string snapshot(bytes);
  if ((choice & 3) == 1) snapshot = with_hash(snapshot);
  if ((choice & 3) >= 2) snapshot = with_hash(enveloped(f, *t, bytes));
  try {
    agent::unpack_snapshot(f, *t, snapshot);
  } catch (const state_error&) {
    fuzz::require(t->groups() == 0, "a refused snapshot changes nothing");
    return;
  }
  const auto again = agent::pack_snapshot(f, *t);
  const auto other = f.make_task(options, limits);
  agent::unpack_snapshot(f, *other, again);
  fuzz::require(agent::pack_snapshot(f, *other) == again, "what was taken is given again");
}

void damage(const std::uint8_t* data, std::size_t size) {
  static const auto all = [] {
    std::vector<test::damaged_snapshot> snapshots;
    for (auto& s : test::ready_made_settings()) {
      test::damaged_snapshot one(std::move(s));
      if (one.has_state()) snapshots.push_back(std::move(one));
    }
    return snapshots;
  }();
  if (size < 2) return;
  const std::span<const std::uint8_t> rest(data + 2, std::min<std::size_t>(size - 2, 200));
  const auto changes = std::min<std::size_t>(rest.size() / 4, 1 + data[1] % 4) * 4;
  all[data[0] % all.size()].try_with(rest.first(changes), rest.subspan(changes));
}

}  // namespace
}  // namespace kapacitor::udf

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0 && data[0] >= 128) {
    kapacitor::udf::damage(data + 1, size - 1);
  } else if (size != 0) {
    kapacitor::udf::restore(data[0], kapacitor::udf::fuzz::as_text(data + 1, size - 1));
  }
  return 0;
}
