#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include <kapacitor/udf/detail/same_text.hpp>
#include <kapacitor/udf/state_bytes.hpp>

namespace kapacitor::udf::detail {

/// Numbers the groups of a task and remembers the order in which they first came. The number of a
/// group that is forgotten is given to another one.
///
/// Holds at most `max` groups. Beyond, a group that was not used lately is forgotten for the new
/// one ("second chance": the hand goes through the groups in their order and passes over those used
/// since its last round).
/// Metrics come in the same order over and over, so each group remembers which one came after it:
/// mostly that is it again, and nothing needs to be hashed.
/// Cost: find: one comparison, or one hash and one or two cache lines more; no allocation.
class group_index {
 public:
  /// No group.
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  /// `max`: groups, from 1 to 2^31 - 1; what is beyond counts as the nearer of them.
  explicit group_index(std::size_t max);
  ~group_index();
  group_index(group_index&&) noexcept;
  group_index& operator=(group_index&&) noexcept;

  /// Whether the group was there, got a number that is free, or that of a group that made room.
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

  /// Forgets a group: its number is free.
  void forget(std::uint32_t number) noexcept;
  /// Forgets all groups.
  void clear();
  /// Makes room for so many groups at once, or for as many as it may hold.
  void reserve(std::size_t groups);

  /// Groups that it knows.
  std::size_t size() const { return size_; }
  /// Numbers given so far are below it.
  std::size_t numbers() const { return entries_.size(); }
  /// The group that came first of those it knows, and the one that came after another.
  std::uint32_t first() const { return first_; }
  std::uint32_t after(std::uint32_t number) const { return entries_[number].after; }
  /// The identity of a group. Lifetime: until its number is given to another.
  std::string_view key(std::size_t number) const;
  /// Groups that had to make room so far.
  std::uint64_t replaced() const { return replaced_; }

  /// Whether the next group to make room is another one than that of a fresh index with the same
  /// groups: then it is part of the state.
  bool has_turned() const { return has_turned_; }
  /// Appends what decides who makes room.
  void save_turn(state_writer& out) const;
  /// Reads that of so many groups. Errors: state_error
  void load_turn(state_reader& in, std::size_t saved);

 private:
  struct entry {
    std::unique_ptr<char[]> key;
    std::uint32_t size;       // of a number that is free, impossible
    std::uint32_t next : 31;  // the group that came after this one when it last came
    std::uint32_t used : 1;
    std::uint32_t before, after;  // in the order they first came; of a free number: the next free
  };
  struct slot {
    std::uint32_t hash;
    std::uint32_t number_plus_one;  // 0: free
  };

  found search(std::string_view key);
  found remember(found f);
  std::size_t slot_of(std::uint64_t hash, std::string_view key) const;
  void rehash(std::size_t slots);
  std::uint32_t take_number();
  void drop_one();
  void link(std::uint32_t number);
  void unlink(std::uint32_t number) noexcept;
  void erase_slot(std::size_t at);

  std::size_t max_, size_ = 0;
  std::vector<entry> entries_;
  std::vector<slot> slots_;
  std::uint32_t last_ = 0;  // the group that came last
  std::uint32_t first_ = none, newest_ = none, free_ = none;
  std::uint32_t hand_ = none;  // none: before the first
  bool has_turned_ = false;
  std::uint64_t replaced_ = 0;
};

}  // namespace kapacitor::udf::detail
