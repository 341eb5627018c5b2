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
#include <kapacitor/udf/detail/group_ages.hpp>
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
        index_(max_groups()),
        ages_(limits_.group_ttl),
        times_{.now = {}, .ttl = ages_.ttl()} {
    // A constructor that rejects its options must do so now, not at the first point.
    instances<slot> trial;
    trial.put(0, options_);
  }

  void on_begin(const batch& begin, emitter& out) override {
    current_ = nullptr;
    // When a batch was tells its first point, and whether the group is too old for it.
    begun_ = ages_.limited() ? &begin : nullptr;
    if (!begun_) begin_batch(begin, timestamp::min(), out);
  }
  void on_point(const point& p, emitter& out) override {
    if constexpr (wanted_edge<T>() == edge::batch) {
      if (begun_) [[unlikely]]
        begin_late(p.time(), out);
      if (!current_) return;  // its constructor threw as the batch began, or memory ran out
      if (ages_.limited()) [[unlikely]]
        ages_.see(current_number_, p.time());
      if constexpr (takes_points<T>)
        guarded(*current_, [&] { function_in(*current_).on_point(p, out); });
    } else if constexpr (takes_points<T>) {
      slot& of_group = instances_[instance(p.group(), p.time(), out)];
      guarded(of_group, [&] { take(of_group, p, out); });
    }
  }
  void on_end(const batch_end& end, emitter& out) override {
    if (begun_) begin_late(end.tmax(), out);
    if (current_ && ages_.limited()) ages_.see(current_number_, end.tmax());
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
  void tell_time(timestamp now) override {
    times_.now = now;
    if (ages_.limited()) ages_.tell(now);
  }
  bool forgets() const override { return ages_.limited(); }
  void forget_old(emitter& out) override {
    if (!ages_.limited() || current_ || begun_) return;
    ages_.each_old(index_, [&](std::uint32_t number) {
      leave(number, out);
      index_.forget(number);
      instances_.remove(number);
      ++expired_;
    });
  }
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
  std::size_t next_group(std::size_t number) const override {
    const auto next =
        number == no_group ? index_.first() : index_.after(static_cast<std::uint32_t>(number));
    return next == group_index::none ? no_group : next;
  }
  std::string_view group(std::size_t number) const override { return index_.key(number); }
  std::uint64_t evicted_groups() const override { return evicted_before_ + index_.replaced(); }
  std::uint64_t expired_groups() const override { return expired_ + times_.expired; }
  std::string fingerprint() const override { return schema_.fingerprint(options_); }
  std::string options_text() const override { return schema_.text(options_); }

  void save(std::string& out) override {
    if constexpr (has_state<T>) {
      const auto begin = out.size(), groups = index_.size();
      state_writer writer(out);
      writer.count(groups);
      std::size_t done = 0;
      for (auto n = index_.first(); n != group_index::none; n = index_.after(n)) {
        // The first ones tell how long it may be: growing step by step would copy it all twice.
        if (done == 64) {
          reserve_large(out, begin + (out.size() - begin) * (groups / 64 + 1) * 9 / 8,
                        limits_.max_snapshot);
        }
        const auto key = index_.key(n);
        writer.count(key.size());
        writer.raw(key.data(), key.size());
        save_one(out, instances_[n]);
        ++done;
        if (out.size() - begin > limits_.max_snapshot) throw snapshot_limit_error(done, groups);
      }
      save_ages(writer);
    }
  }
  void load(std::string_view saved, std::uint32_t version) override {
    if constexpr (has_state<T>) {
      check_version(version);
      remembered fresh{group_index(max_groups()), {}, group_ages(limits_.group_ttl)};
      if (!saved.empty()) load_groups(saved, version, fresh);
      evicted_before_ += index_.replaced();
      index_ = std::move(fresh.index);
      instances_ = std::move(fresh.all);
      ages_ = std::move(fresh.ages);
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
    auto n = index_.first();
    while (&instances_[n] != &of_group) n = index_.after(n);
    try {
      instances_.renew(n, options_);
    } catch (...) {
      index_.forget(n);
    }
  }

  void begin_batch(const batch& begin, timestamp time, emitter& out) {
    current_number_ = instance(begin.group(), time, out);
    current_ = &instances_[current_number_];
    guarded(*current_, [&] {
      if constexpr (takes_begin_and_emitter<T>) {
        function_in(*current_).on_begin(begin, out);
      } else if constexpr (takes_begin<T>) {
        function_in(*current_).on_begin(begin);
      }
    });
  }
  void begin_late(timestamp time, emitter& out) {
    const batch& begin = *std::exchange(begun_, nullptr);
    const speaking_of group(out);
    begin_batch(begin, time, out);
  }

  /// The number of the group's instance, for a point of that time.
  std::uint32_t instance(std::string_view group, timestamp time, emitter& out) {
    if (per_task()) group = {};
    const auto at = index_.find_or_add(group);
    if (at.how != group_index::outcome::known || ages_.limited()) [[unlikely]]
      make(at, time, out);
    return at.number;
  }
  /// If the constructor throws an engine may go on: the group then begins with its next point.
  [[gnu::noinline]] void make(const group_index::found& at, timestamp time, emitter& out) {
    using how = group_index::outcome;
    try {
      if (at.how == how::added) {
        instances_.put(at.number, options_);
      } else if (at.how == how::replaced) {
        renew(at.number, out);
      }
      if (ages_.limited()) come_of_age(at, time, out);
    } catch (...) {
      if (instances_.has(at.number)) instances_.remove(at.number);
      index_.forget(at.number);
      throw;
    }
  }
  void come_of_age(const group_index::found& at, timestamp time, emitter& out) {
    if (at.how == group_index::outcome::known) {
      ages_.hear(at.number);
    } else {
      ages_.begin(at.number);
    }
    // Of a group that judges its times, its clock knows better.
    if (judges_times_ || !ages_.see(at.number, time)) return;
    renew(at.number, out);
    ++expired_;
  }
  void renew(std::uint32_t number, emitter& out) {
    leave(number, out);
    instances_.renew(number, options_);
  }
  void leave([[maybe_unused]] std::uint32_t number, [[maybe_unused]] emitter& out) {
    if constexpr (has_clock<T>) instances_[number].leave(out);
  }
  void take(slot& s, const point& p, emitter& out) {
    if constexpr (has_clock<T>) {
      if (judges_times_) return s.on_point(p, options_, times_, out);
    }
    function_in(s).on_point(p, out);
  }

  /// What a snapshot has behind its groups: their ages, and who makes room next, where a fresh task
  /// with the same groups would not have the same.
  enum part : std::uint8_t { ages = 1, turn = 2 };
  void save_ages(state_writer& writer) const {
    const auto parts = static_cast<std::uint8_t>((ages_.limited() ? part::ages : 0) |
                                                 (index_.has_turned() ? part::turn : 0));
    if (parts == 0) return;
    writer.write(parts);
    if (ages_.limited()) ages_.save(writer, index_);
    if (index_.has_turned()) index_.save_turn(writer);
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

  struct remembered {
    group_index index;
    instances<slot> all;
    group_ages ages;
  };
  void load_groups(std::string_view saved, std::uint32_t version, remembered& to) const {
    state_reader reader(saved);
    const auto count = reader.count(2);
    to.index.reserve(count);
    for (auto left = count; left > 0; --left) {
      const auto key = reader.view(reader.count(1));
      state_reader body(reader.view(reader.count(1)));
      const auto at = to.index.find_or_add(key);
      if (at.how == group_index::outcome::known) {
        throw state_error("the snapshot has a group twice");
      }
      slot& one = at.how == group_index::outcome::added ? to.all.put(at.number, options_)
                                                        : to.all.renew(at.number, options_);
      load_one(body, version, function_in(one));
      if constexpr (has_clock<T>) {
        body.read(one.clock());
        one.restored();
      }
      if (!body.empty()) throw state_error("the snapshot has more of a group than the function");
    }
    load_ages(reader, count, to);
    if (!reader.empty()) throw state_error("the snapshot goes on after its last group");
  }
  /// Of a task without a limit to their age groups have none, and none is known if the task before
  /// had no limit.
  static void load_ages(state_reader& reader, std::size_t groups, remembered& to) {
    const auto parts = reader.empty() ? std::uint8_t{0} : reader.read<std::uint8_t>();
    if ((parts & ~(part::ages | part::turn)) != 0)
      throw state_error("the snapshot goes on after its last group");
    if ((parts & part::ages) != 0) {
      to.ages.load(reader, to.index, groups);
    } else if (to.ages.limited()) {
      to.ages.know_nothing(to.index);
    }
    if ((parts & part::turn) != 0) to.index.load_turn(reader, groups);
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
  bool judges_times_;  // before on_point
  group_index index_;
  instances<slot> instances_;
  group_ages ages_;
  time_view times_;
  std::uint64_t evicted_before_ = 0;  // by the index that a restore replaced
  std::uint64_t expired_ = 0;         // but for those that judge their times
  const batch* begun_ = nullptr;      // a batch whose time is not known yet
  slot* current_ = nullptr;           // the group of the batch under way
  std::uint32_t current_number_ = 0;
};

}  // namespace kapacitor::udf::detail
