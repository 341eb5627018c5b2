#include <map>
#include <string>

#include <gtest/gtest.h>

#include "property/sample.hpp"
#include <kapacitor/udf/detail/group_index.hpp>

// group_index against a std::map that is told who had to make room.
namespace kapacitor::udf::detail {
namespace {

class modelled {
 public:
  explicit modelled(std::size_t max) : max_(max), index_(max) {}

  void look_up(const std::string& key) {
    const auto found = index_.find_or_add(key);
    const auto known = numbers_.find(key);
    ASSERT_LT(found.number, max_);
    ASSERT_EQ(index_.key(found.number), key);
    if (known != numbers_.end()) {
      ASSERT_EQ(found.how, group_index::outcome::known);
      ASSERT_EQ(found.number, known->second);
    } else if (numbers_.size() < max_) {
      ASSERT_EQ(found.how, group_index::outcome::added);
      ASSERT_EQ(found.number, numbers_.size());
    } else {
      ASSERT_EQ(found.how, group_index::outcome::replaced);
      std::erase_if(numbers_, [&](const auto& e) { return e.second == found.number; });
      ++replaced_;
    }
    numbers_[key] = found.number;
    ASSERT_EQ(index_.size(), numbers_.size());
    ASSERT_EQ(index_.replaced(), replaced_);
  }
  /// The group that has just been added, if so, is forgotten again.
  void look_up_in_vain(const std::string& key) {
    const auto before = numbers_.size();
    look_up(key);
    if (numbers_.size() == before) return;
    index_.forget(numbers_.at(key));
    numbers_.erase(key);
    ASSERT_EQ(index_.size(), before);
  }
  void clear() {
    index_.clear();
    numbers_.clear();
  }
  /// Every key under its number.
  void compare() const {
    for (const auto& [key, number] : numbers_) ASSERT_EQ(index_.key(number), key);
  }

 private:
  std::size_t max_;
  group_index index_;
  std::map<std::string, std::uint32_t> numbers_;
  std::uint64_t replaced_ = 0;
};

TEST(GroupIndex, AgreesWithAMapWhateverComes) {
  test::sample random(1);
  for (const std::size_t max : {1u, 2u, 3u, 10u, 100u, 1000u}) {
    modelled m(max);
    for (int i = 0; i < 20'000 && !HasFailure(); ++i) {
      const auto key = random.one_in(20) ? random.text(200)
                                         : "host=" + std::to_string(random.below(2 * max + 1));
      m.look_up(key);
    }
    m.compare();
  }
}

TEST(GroupIndex, ForgetsTheLastOneOrAllIfItIsTold) {
  test::sample random(2);
  for (const std::size_t max : {1u, 3u, 100u, 1000u}) {
    modelled m(max);
    for (int i = 0; i < 20'000 && !HasFailure(); ++i) {
      const auto key = "host=" + std::to_string(random.below(2 * max + 1));
      random.one_in(3) ? m.look_up_in_vain(key) : m.look_up(key);
      if (random.one_in(5'000)) m.clear();
    }
    m.compare();
  }
}

TEST(GroupIndex, TellsKeysApartThatDifferInOneByte) {
  modelled m(100'000);
  m.look_up("");
  for (std::size_t n = 1; n < 60; ++n) {
    for (std::size_t at = 0; at < n; ++at) {
      std::string key(n, '\0');
      key[at] = '\1';
      m.look_up(key);
    }
    m.look_up(std::string(n, '\0'));
  }
  m.compare();
}

TEST(GroupIndex, KeepsWhoIsUsedMoreThanOncePerRoundOfTheHand) {
  group_index index(100);
  for (int i = 0; i < 10'000; ++i) {
    const auto regular = index.find_or_add("regular" + std::to_string(i % 10));
    // The first round of the hand takes all alike.
    if (i > 200) {
      ASSERT_EQ(regular.how, group_index::outcome::known) << "at " << i;
    }
    index.find_or_add("visitor" + std::to_string(i));
  }
}

}  // namespace
}  // namespace kapacitor::udf::detail
