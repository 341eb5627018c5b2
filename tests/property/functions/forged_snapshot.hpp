#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "property/sample.hpp"
#include "support/snapshot_hash.hpp"
#include <kapacitor/udf/testing.hpp>

namespace kapacitor::udf::test {

/// A snapshot with those bytes replaced by as many others and with the hash made right.
inline std::string with_replaced(std::string snapshot, std::string_view before,
                                 std::string_view after) {
  const auto place = snapshot.find(before);
  if (place == std::string::npos || before.size() != after.size()) {
    throw std::logic_error("no such bytes, or not as many");
  }
  snapshot.replace(place, before.size(), after);
  rehash(snapshot);
  return snapshot;
}

/// A snapshot of a runner with a few bytes of the groups' state changed and the hash made right.
inline std::string forged(std::string snapshot, sample& random) {
  constexpr std::size_t most = 1'000;
  const auto body = snapshot.size() - snapshot_hash_size;
  for (auto n = 1 + random.below(3); n > 0; --n) {
    auto& byte = snapshot[body - 1 - random.below(std::min(body / 2, most))];
    byte = random.one_in(2) ? static_cast<char>(random.bits()) : static_cast<char>(random.below(9));
  }
  rehash(snapshot);
  return snapshot;
}

/// Expects that a snapshot taken after `points`, with any one byte changed, is refused or continued
/// from with `more` points.
template <class Function>
void expect_no_harm_of_another_byte(const std::vector<option>& options,
                                    const std::vector<point>& points,
                                    const std::vector<point>& more) {
  runner r(make_function<Function>("f"), options);
  r.feed(points);
  const auto sound = r.snapshot();
  for (std::size_t i = 0; i + snapshot_hash_size < sound.size(); ++i) {
    for (const char byte : {'\x00', '\x01', '\x7f', '\xff'}) {
      auto other_byte = sound;
      other_byte[i] = byte;
      rehash(other_byte);
      runner other(make_function<Function>("f"), options);
      other.restore(other_byte);
      EXPECT_EQ(other.feed(more).error, "") << "byte " << i;
    }
  }
}
template <class Function>
void expect_no_harm_of_another_byte(const std::vector<option>& options,
                                    const std::vector<point>& points) {
  expect_no_harm_of_another_byte<Function>(options, points, points);
}

}  // namespace kapacitor::udf::test
