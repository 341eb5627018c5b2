#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kapacitor/udf/detail/clocked.hpp>
#include <kapacitor/udf/detail/concepts.hpp>
#include <kapacitor/udf/detail/group_index.hpp>
#include <kapacitor/udf/detail/instances.hpp>
#include <kapacitor/udf/detail/large_memory.hpp>
#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/options.hpp>
#include <kapacitor/udf/state.hpp>

namespace kapacitor::udf::detail {

/// A task made of a user's plain struct: an instance for each group, found by the group's identity.
template <class T>
class adapter final : public task {
  using slot = typename slot_of<T>::type;

 public:
  using options_type = typename options_of<T>::type;

  adapter(const std::vector<option>& given, const task_limits& limits)
      : schema_(options_type::describe()),
        options_(schema_.parse(given)),
        limits_(limits),
        judges_times_(are_times_judged(options_)),
        index_(max_groups()) {
    // A constructor that rejects its options must do so now, not at the first point.
    instances<slot> trial;
    trial.add(options_);
  }

  void on_begin(const batch& begin, emitter& out) override {
    current_ = nullptr;
    slot& of_group = instance(begin.group(), out);
    current_ = &of_group;
    guarded(of_group, [&] {
      if constexpr (takes_begin_and_emitter<T>) {
        function_in(of_group).on_begin(begin, out);
      } else if constexpr (takes_begin<T>) {
        function_in(of_group).on_begin(begin);
      }
    });
  }
  void on_point(const point& p, emitter& out) override {
    if constexpr (takes_points<T>) {
      if constexpr (wanted_edge<T>() == edge::batch) {
        if (!current_) return;  // its constructor threw as the batch began, or memory ran out
        guarded(*current_, [&] { function_in(*current_).on_point(p, out); });
      } else {
        slot& of_group = instance(p.group(), out);
        guarded(of_group, [&] { take(of_group, p, out); });
      }
    }
  }
  void on_end(const batch_end& end, emitter& out) override {
    if constexpr (takes_end<T>) {
      if (current_) guarded(*current_, [&] { function_in(*current_).on_end(end, out); });
    }
    current_ = nullptr;
  }

  bool wants_time() const override {
    if constexpr (takes_time<T> && chooses_clock<options_type>) return options_.uses_clock();
    return takes_time<T>;
  }
  bool judges_times() const override { return judges_times_; }
  bool wants_finish() const override { return takes_finish<T> || judges_times_; }
  void tell_time(timestamp now) override { now_ = now; }
  void on_time(std::size_t group, timestamp now, emitter& out) override {
    if constexpr (takes_time<T>) {
      slot& of_group = instances_[group];
      guarded(of_group, [&] { function_in(of_group).on_time(now, out); });
    }
  }
  void on_finish(std::size_t group, emitter& out) override {
    if constexpr (has_clock<T>) {
      instances_[group].on_finish(options_, out);
    } else if constexpr (takes_finish<T>) {
      instances_[group].on_finish(out);
    }
  }

  std::size_t groups() const override { return index_.size(); }
  std::string_view group(std::size_t number) const override { return index_.key(number); }
  std::uint64_t evicted_groups() const override { return evicted_before_ + index_.replaced(); }
  std::string fingerprint() const override { return schema_.fingerprint(options_); }
  std::string options_text() const override { return schema_.text(options_); }

  void save(std::string& out) override {
    if constexpr (has_state<T>) {
      const auto begin = out.size(), groups = index_.size();
      state_writer writer(out);
      writer.count(groups);
      for (std::size_t i = 0; i < groups; ++i) {
        // The first ones tell how long it may be: growing step by step would copy it all twice.
        if (i == 64) {
          reserve_large(out, begin + (out.size() - begin) * (groups / 64 + 1) * 9 / 8,
                        limits_.max_snapshot);
        }
        const auto key = index_.key(i);
        writer.count(key.size());
        writer.raw(key.data(), key.size());
        save_one(out, instances_[i]);
        if (out.size() - begin > limits_.max_snapshot) throw snapshot_limit_error(i + 1, groups);
      }
    }
  }
  void load(std::string_view saved, std::uint32_t version) override {
    if constexpr (has_state<T>) {
      check_version(version);
      group_index fresh_index(max_groups());
      instances<slot> fresh;
      if (!saved.empty()) load_groups(saved, version, fresh_index, fresh);
      evicted_before_ += index_.replaced();
      index_ = std::move(fresh_index);
      instances_ = std::move(fresh);
    } else if (!saved.empty()) {
      throw state_error("the function remembers nothing");
    }
  }

 private:
  bool per_task() const { return scope_of<T>(options_) == udf::scope::per_task; }
  std::size_t max_groups() const { return per_task() ? 1 : limits_.max_groups; }

  static bool are_times_judged([[maybe_unused]] const options_type& o) {
    if constexpr (has_clock<T> && chooses_times<options_type>) return o.judges_times();
    return has_clock<T>;
  }
  static T& function_in(slot& s) {
    if constexpr (has_clock<T>) {
      return s.function();
    } else {
      return s;
    }
  }

  /// If memory runs out the function is left half done. An engine may go on all the same: the group
  /// then begins anew, or all of them if there is no memory for that either.
  template <class Call>
  void guarded(slot& of_group, Call call) {
    try {
      call();
    } catch (const std::bad_alloc&) {
      begin_anew(of_group);
      throw;
    }
  }
  [[gnu::noinline, gnu::cold]] void begin_anew(const slot& of_group) noexcept {
    current_ = nullptr;
    std::size_t i = 0;
    while (&instances_[i] != &of_group) ++i;
    try {
      instances_.renew(i, options_);
    } catch (...) {
      index_.clear();
      instances_ = instances<slot>();
    }
  }

  slot& instance(std::string_view group, emitter& out) {
    if (per_task()) group = {};
    const auto at = index_.find_or_add(group);
    if (at.how == group_index::outcome::known) [[likely]] {
      return instances_[at.number];
    }
    return make(at, out);
  }
  /// If the constructor throws an engine may go on: the group then begins with its next point. If
  /// the group had made room there is no object in its place: all begin anew.
  [[gnu::noinline]] slot& make(const group_index::found& at, [[maybe_unused]] emitter& out) {
    const bool added = at.how == group_index::outcome::added;
    if constexpr (has_clock<T>) {
      if (!added) instances_[at.number].leave(out);
    }
    try {
      return added ? instances_.add(options_) : instances_.renew(at.number, options_);
    } catch (...) {
      added ? index_.remove_last() : index_.clear();
      if (!added) instances_ = instances<slot>();
      throw;
    }
  }
  void take(slot& s, const point& p, emitter& out) {
    if constexpr (has_clock<T>) {
      if (judges_times_) return s.on_point(p, options_, now_, out);
    }
    function_in(s).on_point(p, out);
  }

  /// Appends a group's state behind its length, which mostly is one byte.
  static void save_one(std::string& out, slot& one) {
    const auto at = out.size();
    out.push_back('\0');
    state_writer writer(out);
    writer.write(function_in(one));
    if constexpr (has_clock<T>) writer.write(one.clock());
    const auto size = out.size() - at - 1;
    if (size < 0x80) {
      out[at] = static_cast<char>(size);
    } else {
      std::string length;
      state_writer(length).count(size);
      out.replace(at, 1, length);
    }
  }

  static void check_version(std::uint32_t version) {
    constexpr auto own = state_version_of<T>();
    if (version == own || (migrates<T> && version < own)) return;
    throw state_error("the snapshot is of state version " + std::to_string(version) +
                      ", the function has " + std::to_string(own) +
                      (version < own ? " and cannot migrate it" : ""));
  }

  void load_groups(std::string_view saved, std::uint32_t version, group_index& index,
                   instances<slot>& to) const {
    state_reader reader(saved);
    const auto count = reader.count(2);
    index.reserve(count);
    for (auto left = count; left > 0; --left) {
      const auto key = reader.view(reader.count(1));
      state_reader body(reader.view(reader.count(1)));
      const auto at = index.find_or_add(key);
      if (at.how == group_index::outcome::known) {
        throw state_error("the snapshot has a group twice");
      }
      slot& one =
          at.how == group_index::outcome::added ? to.add(options_) : to.renew(at.number, options_);
      load_one(body, version, function_in(one));
      if constexpr (has_clock<T>) {
        body.read(one.clock());
        one.restored();
      }
      if (!body.empty()) throw state_error("the snapshot has more of a group than the function");
    }
    if (!reader.empty()) throw state_error("the snapshot goes on after its last group");
  }

  static void load_one(state_reader& body, [[maybe_unused]] std::uint32_t version, T& to) {
    if constexpr (migrates<T>) {
      if (version < state_version_of<T>()) {
        to.migrate(version, body);
        if constexpr (requires { to.check_state(); }) to.check_state();
      } else {
        body.read(to);
      }
    } else {
      body.read(to);
    }
  }

  schema<options_type> schema_;
  options_type options_;
  task_limits limits_;
  bool judges_times_;             // before on_point
  std::optional<timestamp> now_;  // as the driver told it
  group_index index_;
  instances<slot> instances_;
  std::uint64_t evicted_before_ = 0;  // by the index that a restore replaced
  slot* current_ = nullptr;           // the group of the batch under way
};

}  // namespace kapacitor::udf::detail
