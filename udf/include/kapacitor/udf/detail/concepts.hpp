#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include <kapacitor/udf/clock.hpp>
#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/options.hpp>
#include <kapacitor/udf/state.hpp>

// Which members a user's struct has decides what function it becomes. make_function.hpp says it to
// users.
namespace kapacitor::udf::detail {

/// The options of a struct that declares none.
struct no_options {
  static auto describe() { return schema<no_options>{}; }
};
/// The type of the options of `T`: `T::options`, or no_options.
template <class T>
struct options_of {
  using type = no_options;
};
template <class T>
requires requires {
  typename T::options;
}
struct options_of<T> {
  using type = typename T::options;
};

// What a struct can be called with: takes_... holds if the call compiles.
template <class T>
concept takes_points = requires(T& f, const point& p, emitter& out) {
  f.on_point(p, out);
};
template <class T>
concept takes_begin = requires(T& f, const batch& b) {
  f.on_begin(b);
};
template <class T>
concept takes_begin_and_emitter = requires(T& f, const batch& b, emitter& e) {
  f.on_begin(b, e);
};
template <class T>
concept takes_end = requires(T& f, const batch_end& e, emitter& out) {
  f.on_end(e, out);
};
template <class T>
concept takes_finish = requires(T& f, emitter& out) {
  f.on_finish(out);
};
template <class T>
concept takes_time = requires(T& f, timestamp now, emitter& out) {
  f.on_time(now, out);
};
template <class T>
concept migrates = requires(T& f, unsigned version, state_reader& in) {
  f.migrate(version, in);
};

// A member of that name. One that cannot be called would otherwise count as none.
template <class T>
concept has_begin = requires {
  &T::on_begin;
};
template <class T>
concept has_end = requires {
  &T::on_end;
};
template <class T>
concept has_finish = requires {
  &T::on_finish;
};
template <class T>
concept has_time = requires {
  &T::on_time;
};
template <class T>
concept has_migrate = requires {
  &T::migrate;
};
// No member of that name, or one that can be called as it should. make_function() asserts these,
// so that a mistake in the arguments is an error with a sentence.
template <class T>
concept begin_fits = !has_begin<T> || takes_begin<T> || takes_begin_and_emitter<T>;
template <class T>
concept end_fits = !has_end<T> || takes_end<T>;
template <class T>
concept finish_fits = !has_finish<T> || takes_finish<T>;
template <class T>
concept time_fits = !has_time<T> || takes_time<T>;
template <class T>
concept migrate_fits = !has_migrate<T> || migrates<T>;
/// Options that declare themselves with a schema of their own type.
template <class O>
concept describes_itself = requires {
  { O::describe() } -> std::same_as<schema<O>>;
};

/// What the function takes: batches if it has on_begin or on_end.
template <class T>
constexpr edge wanted_edge() {
  return takes_begin<T> || takes_begin_and_emitter<T> || takes_end<T> ? edge::batch : edge::stream;
}
/// What the function emits: `T::provides`, or else what it takes.
template <class T>
constexpr edge provided_edge() {
  if constexpr (requires { T::provides; }) {
    return T::provides;
  } else {
    return wanted_edge<T>();
  }
}
// Options that choose the scope: one and the same function, per group or per task.
template <class O>
concept chooses_scope = requires(const O& o) {
  { o.scope() } -> std::same_as<scope>;
};
// Options that choose whether on_time() is called.
template <class O>
concept chooses_clock = requires(const O& o) {
  { o.uses_clock() } -> std::same_as<bool>;
};
// Options with which each point is judged by its time: of functions of single points only.
template <class T>
concept has_clock = std::derived_from<typename options_of<T>::type, clock_options>;
// Options that choose whether times are judged.
template <class O>
concept chooses_times = requires(const O& o) {
  { o.judges_times() } -> std::same_as<bool>;
};
// A function that can use points older than the newest, and says from when on.
template <class T>
concept says_earliest = requires(const T& f) {
  { f.earliest() } -> std::same_as<timestamp>;
};
// A function that uses points of any age, and says which was the newest: for snapshots of before it
// had a clock.
template <class T>
concept says_newest = requires(const T& f) {
  { f.newest() } -> std::same_as<std::optional<timestamp>>;
};
// A function that keeps what it has learned if the group's clock is set back.
template <class T>
concept takes_set_back = requires(T& f, timestamp to) {
  f.set_back(to);
};
template <class T>
concept has_earliest = requires {
  &T::earliest;
};
template <class T>
concept has_set_back = requires {
  &T::set_back;
};
template <class T>
concept earliest_fits = !has_earliest<T> || says_earliest<T>;
template <class T>
concept set_back_fits = !has_set_back<T> || takes_set_back<T>;
/// The scope of a task with these options; per_group if neither options nor function say.
template <class T>
constexpr scope scope_of(const typename options_of<T>::type& o) {
  if constexpr (chooses_scope<typename options_of<T>::type>) {
    static_assert(
        !requires { T::scope; }, "the scope is chosen by the options or by the function");
    return o.scope();
  } else if constexpr (requires { T::scope; }) {
    return T::scope;
  } else {
    return udf::scope::per_group;
  }
}
/// What the function says of itself; empty if it says nothing.
template <class T>
description description_of() {
  if constexpr (requires { T::describe(); }) {
    return T::describe();
  } else {
    return {};
  }
}
/// The version of its state; 1 if it says none.
template <class T>
constexpr std::uint32_t state_version_of() {
  if constexpr (requires { T::state_version; }) {
    return static_cast<std::uint32_t>(T::state_version);
  } else {
    return 1;
  }
}

}  // namespace kapacitor::udf::detail
