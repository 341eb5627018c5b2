#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <kapacitor/udf/detail/same_text.hpp>

namespace kapacitor::udf::detail {

/// Numbers the groups of a task: 0, 1, 2 ... in the order they first came.
///
/// Holds at most `max` groups. Beyond, a group that was not used lately loses its number to the new
/// one ("second chance": the hand passes over groups used since its last round).
/// Metrics come in the same order over and over, so each group remembers which one came after it:
/// mostly that is it again, and nothing needs to be hashed.
/// Cost: find: one comparison, or one hash and one or two cache lines more; no allocation.
class group_index {
 public:
  /// `max`: groups, from 1 to 2^31 - 1; what is beyond counts as the nearer of them.
  explicit group_index(std::size_t max);
  ~group_index();
  group_index(group_index&&) noexcept;
  group_index& operator=(group_index&&) noexcept;

  /// Whether the group was there, got the next number, or the number of a group that made room.
  enum class outcome { known, added, replaced };
  /// The number of a group, and how it came by it.
  struct found {
    std::uint32_t number;
    outcome how;
  };
  /// The group's number. The key is copied if the group is new.
  found find_or_add(std::string_view key) {
    if (!entries_.empty()) [[likely]] {
      const std::uint32_t guess = entries_[last_].next;
      if (auto& e = entries_[guess]; same_text({e.key.get(), e.size}, key)) [[likely]] {
        e.used = true;
        last_ = guess;
        return {guess, outcome::known};
      }
    }
    return search(key);
  }

  /// Forgets the group that was added last.
  void remove_last();
  /// Forgets all groups.
  void clear();
  /// Makes room for so many groups at once, or for as many as it may hold.
  void reserve(std::size_t groups);

  std::size_t size() const { return entries_.size(); }
  /// The identity of a group. Lifetime: until its number is given to another.
  std::string_view key(std::size_t number) const;
  /// Groups that had to make room so far.
  std::uint64_t replaced() const { return replaced_; }

 private:
  struct entry {
    std::unique_ptr<char[]> key;
    std::uint32_t size;
    std::uint32_t next : 31;  // the group that came after this one when it last came
    std::uint32_t used : 1;
  };
  struct slot {
    std::uint32_t hash;
    std::uint32_t number_plus_one;  // 0: free
  };

  found search(std::string_view key);
  found remember(found f);
  std::size_t slot_of(std::uint64_t hash, std::string_view key) const;
  void rehash(std::size_t slots);
  std::uint32_t replace_one(std::string_view key);
  void erase_slot(std::size_t at);

  std::size_t max_;
  std::vector<entry> entries_;
  std::vector<slot> slots_;
  std::uint32_t last_ = 0;  // the group that came last
  std::size_t hand_ = 0;
  std::uint64_t replaced_ = 0;
};

}  // namespace kapacitor::udf::detail
