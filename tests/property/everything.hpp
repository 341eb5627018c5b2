#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "property/sample.hpp"
#include <kapacitor/udf/error.hpp>

// A state that holds every type a snapshot can keep.
namespace kapacitor::udf::test {

enum class colour : std::uint8_t { red, green, blue };
enum class answer : bool { no, yes };

struct nested {
  std::int64_t least = 0, most = 0;
  std::vector<std::pair<std::string, double>> weights = {};

  auto state() { return std::tie(least, most, weights); }
  void check_state() const {
    if (least > most) throw state_error("least is above most");
  }
  friend bool operator==(const nested&, const nested&) = default;
};

struct everything {
  bool b = false;
  char c = 0;
  std::int8_t i8 = 0;
  std::uint16_t u16 = 0;
  std::int32_t i32 = 0;
  std::uint64_t u64 = 0;
  float f = 0;
  double d = 0;
  colour e = colour::red;
  answer a = answer::no;
  std::string s = {};
  std::chrono::nanoseconds duration = {};
  std::chrono::duration<double> seconds = {};
  std::chrono::sys_time<std::chrono::nanoseconds> time = {};
  std::optional<double> maybe = {};
  std::optional<std::optional<std::string>> perhaps = {};
  std::vector<double> doubles = {};
  std::vector<bool> bits = {};
  std::vector<colour> colours = {};
  std::vector<answer> answers = {};
  std::vector<std::string> texts = {};
  std::vector<std::vector<std::int16_t>> rows = {};
  std::vector<nested> structs = {};
  std::deque<std::int64_t> queue = {};
  std::deque<bool> flags = {};
  std::array<std::string, 2> two = {};
  std::map<std::string, std::vector<double>> by_name = {};
  std::map<std::pair<std::int32_t, bool>, nested> by_pair = {};
  std::pair<std::string, std::int32_t> pair = {};
  std::tuple<bool, std::string, std::array<float, 3>> triple = {};
  nested inner = {};

  auto state() {
    return std::tie(b, c, i8, u16, i32, u64, f, d, e, a, s, duration, seconds, time, maybe, perhaps,
                    doubles, bits, colours, answers, texts, rows, structs, queue, flags, two,
                    by_name, by_pair, pair, triple, inner);
  }
  friend bool operator==(const everything&, const everything&) = default;
};

inline nested random_nested(sample& r) {
  nested n;
  n.least = static_cast<std::int64_t>(r.below(100)) - 50;
  n.most = n.least + static_cast<std::int64_t>(r.below(100));
  for (auto k = r.below(3); k > 0; --k) n.weights.emplace_back(r.text(), r.real());
  return n;
}

/// A container of up to `most` elements that `make` makes.
template <class Container, class Make>
Container several(sample& r, std::size_t most, Make make) {
  Container c;
  for (auto n = r.below(most + 1); n > 0; --n) c.insert(c.end(), make());
  return c;
}

inline everything random_everything(sample& r) {
  everything x;
  const auto text = [&] { return r.text(); };
  const auto real = [&] { return r.real(); };
  const auto yes = [&] { return r.one_in(2); };
  x.b = yes();
  x.c = static_cast<char>(r.bits());
  x.i8 = static_cast<std::int8_t>(r.bits());
  x.u16 = static_cast<std::uint16_t>(r.bits());
  x.i32 = static_cast<std::int32_t>(r.bits());
  x.u64 = r.bits();
  x.f = static_cast<float>(r.part());
  x.d = r.real();
  x.e = static_cast<colour>(r.below(3));
  x.a = static_cast<answer>(yes());
  x.s = r.one_in(10) ? r.text(1000) : r.text();
  x.duration = std::chrono::nanoseconds(r.integer());
  x.seconds = std::chrono::duration<double>(r.real());
  x.time = decltype(x.time)(std::chrono::nanoseconds(r.integer()));
  if (yes()) x.maybe = r.real();
  if (yes()) x.perhaps.emplace();
  if (x.perhaps && yes()) *x.perhaps = r.text();
  x.doubles = several<std::vector<double>>(r, r.one_in(10) ? 200 : 4, real);
  x.bits = several<std::vector<bool>>(r, 20, yes);
  x.colours = several<std::vector<colour>>(r, 4, [&] { return static_cast<colour>(r.below(3)); });
  x.answers = several<std::vector<answer>>(r, 4, [&] { return static_cast<answer>(yes()); });
  x.texts = several<std::vector<std::string>>(r, 4, text);
  x.rows = several<std::vector<std::vector<std::int16_t>>>(r, 3, [&] {
    return several<std::vector<std::int16_t>>(r, 3,
                                              [&] { return static_cast<std::int16_t>(r.bits()); });
  });
  x.structs = several<std::vector<nested>>(r, 2, [&] { return random_nested(r); });
  x.queue = several<std::deque<std::int64_t>>(r, 5, [&] { return r.integer(); });
  x.flags = several<std::deque<bool>>(r, 5, yes);
  x.two = {r.text(), r.text()};
  for (auto n = r.below(3); n > 0; --n) {
    x.by_name[r.text()] = several<std::vector<double>>(r, 3, real);
    x.by_pair[{static_cast<std::int32_t>(r.below(9)), yes()}] = random_nested(r);
  }
  x.pair = {r.text(), static_cast<std::int32_t>(r.bits())};
  x.triple = {yes(), r.text(), {static_cast<float>(r.part()), 0, -1}};
  x.inner = random_nested(r);
  return x;
}

}  // namespace kapacitor::udf::test
