#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kapacitor/udf/detail/group_index.hpp>
#include <kapacitor/udf/detail/large_memory.hpp>
#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/options.hpp>
#include <kapacitor/udf/state.hpp>

// How a user's plain struct becomes a function: which members it has decides what it does.
namespace kapacitor::udf::detail {

struct no_options {
  static auto describe() { return schema<no_options>{}; }
};
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
concept has_begin = requires {
  &T::on_begin;
};
template <class T>
concept has_end = requires {
  &T::on_end;
};
// One that cannot be called would otherwise count as none.
template <class T>
concept begin_fits = !has_begin<T> || takes_begin<T> || takes_begin_and_emitter<T>;
template <class T>
concept end_fits = !has_end<T> || takes_end<T>;
template <class O>
concept describes_itself = requires {
  { O::describe() } -> std::same_as<schema<O>>;
};

template <class T>
constexpr edge wanted_edge() {
  return takes_begin<T> || takes_begin_and_emitter<T> || takes_end<T> ? edge::batch : edge::stream;
}
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
template <class T>
description description_of() {
  if constexpr (requires { T::describe(); }) {
    return T::describe();
  } else {
    return {};
  }
}
template <class T>
constexpr std::uint32_t state_version_of() {
  if constexpr (requires { T::state_version; }) {
    return static_cast<std::uint32_t>(T::state_version);
  } else {
    return 1;
  }
}

/// Instances of T by number, at addresses that do not change: a function may point into itself.
template <class T>
class instances {
 public:
  instances() = default;
  instances(instances&& other) noexcept
      : pages_(std::exchange(other.pages_, {})),
        size_(std::exchange(other.size_, 0)),
        hollow_(std::exchange(other.hollow_, none)) {}
  instances& operator=(instances&& other) noexcept {
    std::swap(pages_, other.pages_);
    std::swap(size_, other.size_);
    std::swap(hollow_, other.hollow_);
    return *this;
  }
  ~instances() {
    for (std::size_t i = size_; i > 0; --i) {
      if (i - 1 != hollow_) std::destroy_at(&(*this)[i - 1]);
    }
  }

  T& operator[](std::size_t i) {
    return *std::launder(
        reinterpret_cast<T*>(pages_[i / page_size]->bytes + i % page_size * sizeof(T)));
  }
  template <class O>
  T& add(const O& o) {
    if (size_ == pages_.size() * page_size) pages_.push_back(std::make_unique<page>());
    auto* at = pages_[size_ / page_size]->bytes + size_ % page_size * sizeof(T);
    T* made = make(at, o);
    ++size_;
    return *made;
  }
  template <class O>
  T& renew(std::size_t i, const O& o) {
    T& old = (*this)[i];
    std::destroy_at(&old);
    // Nothing stands here if the constructor throws. That ends the task; only ~instances comes by.
    hollow_ = i;
    T* made = make(&old, o);
    hollow_ = none;
    return *made;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr auto none = static_cast<std::size_t>(-1);
  static constexpr std::size_t page_size = sizeof(T) >= 4096 ? 1 : sizeof(T) >= 256 ? 16 : 64;
  struct page {
    page() {}  // leaves the bytes as they are
    alignas(T) std::byte bytes[page_size * sizeof(T)];
  };

  template <class O>
  static T* make(void* at, const O& o) {
    if constexpr (std::is_constructible_v<T, const O&>) {
      return ::new (at) T(o);
    } else {
      static_assert(std::is_default_constructible_v<T>,
                    "a function needs a constructor that takes const options&, or none");
      return ::new (at) T();
    }
  }

  std::vector<std::unique_ptr<page>> pages_;
  std::size_t size_ = 0;
  std::size_t hollow_ = none;
};

template <class T>
class adapter final : public task {
 public:
  using options_type = typename options_of<T>::type;

  adapter(const std::vector<option>& given, const task_limits& limits)
      : schema_(options_type::describe()),
        options_(schema_.parse(given)),
        limits_(limits),
        index_(max_groups()) {
    // A constructor that rejects its options must do so now, not at the first point.
    instances<T> trial;
    trial.add(options_);
  }

  void on_begin(const batch& begin, emitter& out) override {
    current_ = &instance(begin.group());
    if constexpr (takes_begin_and_emitter<T>) {
      current_->on_begin(begin, out);
    } else if constexpr (takes_begin<T>) {
      current_->on_begin(begin);
    }
  }
  void on_point(const point& p, emitter& out) override {
    if constexpr (takes_points<T>) {
      if constexpr (wanted_edge<T>() == edge::batch) {
        current_->on_point(p, out);
      } else {
        instance(p.group()).on_point(p, out);
      }
    }
  }
  void on_end(const batch_end& end, emitter& out) override {
    if constexpr (takes_end<T>) current_->on_end(end, out);
    current_ = nullptr;
  }

  std::size_t groups() const override { return index_.size(); }
  std::uint64_t evicted_groups() const override { return index_.replaced(); }
  std::string fingerprint() const override { return schema_.fingerprint(options_); }

  void save(std::string& out) override {
    if constexpr (has_state<T>) {
      state_writer writer(out);
      writer.count(index_.size());
      std::string one;
      const auto begin = out.size();
      for (std::size_t i = 0; i < index_.size(); ++i) {
        // The first ones tell how long it will be: growing step by step would copy it all twice.
        if (i == 64)
          reserve_large(out, begin + (out.size() - begin) * (index_.size() / 64 + 1) * 9 / 8);
        one.clear();
        state_writer body(one);
        detail::save(body, instances_[i]);
        writer.count(index_.key(i).size());
        writer.raw(index_.key(i).data(), index_.key(i).size());
        writer.count(one.size());
        writer.raw(one.data(), one.size());
      }
    }
  }
  void load(std::string_view saved) override {
    if constexpr (has_state<T>) {
      group_index fresh_index(max_groups());
      instances<T> fresh;
      state_reader reader(saved);
      const auto count = reader.count(2);
      fresh_index.reserve(count);
      for (auto left = count; left > 0; --left) {
        const auto key = reader.view(reader.count(1));
        state_reader body(reader.view(reader.count(1)));
        const auto at = fresh_index.find_or_add(key);
        if (at.how == group_index::outcome::known)
          throw state_error("the snapshot has a group twice");
        T& one = at.how == group_index::outcome::added ? fresh.add(options_)
                                                       : fresh.renew(at.number, options_);
        detail::load(body, one);
        if (!body.empty()) throw state_error("the snapshot has more of a group than the function");
      }
      if (!reader.empty()) throw state_error("the snapshot goes on after its last group");
      index_ = std::move(fresh_index);
      instances_ = std::move(fresh);
    } else if (!saved.empty()) {
      throw state_error("the function remembers nothing");
    }
  }

 private:
  bool per_task() const { return scope_of<T>(options_) == udf::scope::per_task; }
  std::size_t max_groups() const { return per_task() ? 1 : limits_.max_groups; }

  T& instance(std::string_view group) {
    if (per_task()) group = {};
    const auto at = index_.find_or_add(group);
    if (at.how == group_index::outcome::known) [[likely]] {
      return instances_[at.number];
    }
    return at.how == group_index::outcome::added ? instances_.add(options_)
                                                 : instances_.renew(at.number, options_);
  }

  schema<options_type> schema_;
  options_type options_;
  task_limits limits_;
  group_index index_;
  instances<T> instances_;
  T* current_ = nullptr;
};

/// Errors: std::logic_error for a name that Kapacitor cannot take.
void check_function_name(std::string_view name);

}  // namespace kapacitor::udf::detail

namespace kapacitor::udf {

/// Makes a function of a plain struct.
///
/// The struct `T` may have
/// - `struct options` with a static `describe()` returning a schema, and a `check()`;
/// - a constructor taking `const options&`, which outlive the instance;
/// - `on_point(const point&, emitter&)`;
/// - `on_begin(const batch&)` or `on_begin(const batch&, emitter&)`, `on_end(const batch_end&,
///   emitter&)`: with either it takes batches, else single points;
/// - `static constexpr auto provides = udf::edge::batch` or `stream`: default is what it takes;
/// - `static constexpr auto scope = udf::scope::per_task`: default is an instance for each group;
///   or, in its options, `udf::scope scope() const`: the task's options choose;
/// - `auto state()`, what to remember (state.hpp), `check_state()`, `static constexpr unsigned
///   state_version`;
/// - `static udf::description describe()`, for `--describe`.
///
/// Errors: std::logic_error for a name that Kapacitor cannot take.
template <class T>
function make_function(std::string name, std::string summary = {}) {
  static_assert(detail::takes_points<T> || detail::takes_end<T>,
                "a function needs on_point(const udf::point&, udf::emitter&)");
  static_assert(detail::begin_fits<T>,
                "on_begin takes (const udf::batch&) or (const udf::batch&, udf::emitter&)");
  static_assert(detail::end_fits<T>, "on_end takes (const udf::batch_end&, udf::emitter&)");
  static_assert(detail::describes_itself<typename detail::options_of<T>::type>,
                "options need `static auto describe()` that returns a udf::schema<options>");
  detail::check_function_name(name);
  return {.name = std::move(name),
          .summary = std::move(summary),
          .wants = detail::wanted_edge<T>(),
          .provides = detail::provided_edge<T>(),
          .options = detail::options_of<T>::type::describe().infos(),
          .description = detail::description_of<T>(),
          .state_version = detail::state_version_of<T>(),
          .make_task = [](const std::vector<option>& given, const task_limits& limits) {
            return std::unique_ptr<task>(new detail::adapter<T>(given, limits));
          }};
}

}  // namespace kapacitor::udf
