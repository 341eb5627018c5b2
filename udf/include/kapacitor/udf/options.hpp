#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <kapacitor/udf/detail/option_codec.hpp>
#include <kapacitor/udf/error.hpp>
#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf {

/// What an option's value may be, beyond its type: checked when the task starts, shown by
/// `--describe`. Use one of the functions below, or give a text and a test of your own:
///
///     udf::allowed{"a power of 2", [](const udf::option_value& v) {
///                    const auto* n = v.get_if<std::int64_t>();
///                    return n && *n > 0 && (*n & (*n - 1)) == 0;
///                  }}
///
/// It is asked for every argument of an option that has several, and for every use of one that may
/// be repeated. The message is "NAME must be TEXT, got VALUE".
struct allowed {
  std::string text;                                // completes "must be ..."
  std::function<bool(const option_value&)> holds;  // empty: every value of the type
};

// A bound is of the option's type: a number for numbers, a duration for durations, in whatever
// unit. NaN lies within no bounds.

/// Numbers and durations from `least` on: `at_least(1)`, `at_least(std::chrono::seconds(1))`.
allowed at_least(const option_value& least);
/// Numbers and durations above `bound`, for what must not be 0: `more_than(0.0)`.
allowed more_than(const option_value& bound);
/// Numbers and durations from `least` to `most`, both included.
allowed between(const option_value& least, const option_value& most);
/// Numbers and durations above `bound`, up to and including `most`: a weight is
/// `above_up_to(0.0, 1.0)`.
allowed above_up_to(const option_value& bound, const option_value& most);
/// One of these, of the option's type: INT 1 is 1.0 for an option that is a DOUBLE. The usual way
/// to choose a method: `one_of({"mean", "median"})`.
allowed one_of(std::initializer_list<option_value> values);
/// Any text but the empty one: for names of fields and tags.
allowed not_empty();

/// Declares the options of a function: which members of the struct `O` they fill, and how.
///
///     return udf::schema<options>{}
///         .required("field", &options::field, "field to average")
///         .optional("size", &options::size, "window in points", udf::at_least(1))
///         .flag("keep", &options::keep, "keep the other fields");
///
/// Members may be: bool, integers, floating point (takes INT as well), std::string,
/// std::chrono::nanoseconds; std::optional of those; std::tuple or std::pair for an option with
/// several arguments; std::vector of any for one that may be repeated.
///
/// The value that a member has in a default-constructed `O` is the option's default. A repeated
/// option adds to its default, which should therefore be empty.
///
/// `O` may have a `check()`, called once per task with the options set, if each is right by itself.
/// It throws option_error if they do not go together, and may prepare what all groups share from
/// them, such as tables and names of fields: then no group computes or holds these.
///
/// Options are declarations, because one text is then parser, error message, `--describe`, docs and
/// what a snapshot depends on, and they cannot differ.
///
/// Errors:   std::logic_error, from make_function(), for a name that TICKscript or Kapacitor cannot
///           take: it takes letters, digits and _, and keeps quiet, typeOf, id and udfName. A
///           member of another type does not compile.
/// Lifetime: the options live as long as their task, so instances keep a reference to them.
/// Cost:     when a task starts, nothing per point.
template <class O>
class schema {
 public:
  /// An option that the TICKscript must give: its name, the member it fills, what it is (one phrase
  /// with the unit, for the docs), and what is allowed beyond the type. A std::vector needs one
  /// use.
  template <class M, class B>
  requires std::derived_from<O, B> schema &&
      required(std::string name, M B::*member, std::string help, allowed a = {}) && {
    add(std::move(name), member, std::move(help), std::move(a), true);
    return std::move(*this);
  }
  /// An option that may be left out: the member then keeps its default. A std::optional tells the
  /// function whether it was given.
  template <class M, class B>
  requires std::derived_from<O, B> schema &&
      optional(std::string name, M B::*member, std::string help, allowed a = {}) && {
    add(std::move(name), member, std::move(help), std::move(a), false);
    return std::move(*this);
  }
  /// An option without arguments, `.keep()`; using it sets the member, false by default, to true.
  template <class B>
  requires std::derived_from<O, B> schema &&
      flag(std::string name, bool B::*member, std::string help) && {
    detail::check_option_name(name);
    infos_.push_back({.name = std::move(name), .help = std::move(help), .default_value = "FALSE"});
    bindings_.push_back({[member](O& o, const option&) { o.*member = true; },
                         [member](const O& o) { return detail::to_text(o.*member); },
                         {},
                         false,
                         true});
    return std::move(*this);
  }
  /// The option declared last does not shape the state: a snapshot is good whatever its value is.
  ///
  ///     .optional("as", &options::as, "name of the field").output_only()
  ///
  /// For options that say only how results are named, shown or chosen. Every other option shapes
  /// the state, which is the safe default: a task whose options differ in one of those starts
  /// fresh.
  schema&& output_only() && {
    bindings_.back().shapes_state = false;
    return std::move(*this);
  }
  /// Options that several functions share, declared by a function of theirs: it takes the schema
  /// and returns it. Their members may be those of a base of `O`.
  ///
  ///     .with([](auto&& s) -> auto&& {
  ///       return std::move(s).flag("keep", &options::keep, "keep the other fields");
  ///     })
  ///
  /// It must return the schema that it was given, by reference, not a copy.
  template <class F>
  schema&& with(F declare) && {
    static_assert(std::is_same_v<std::invoke_result_t<F, schema&&>, schema&&>,
                  "with() takes what returns the schema that it was given, as a schema&&: a copy "
                  "would be gone before it is used; write -> auto&& or -> decltype(auto)");
    return declare(std::move(*this));
  }

  /// What was declared, in that order: for the answer to Kapacitor, `--describe` and the docs.
  const std::vector<option_info>& infos() const { return infos_; }

  /// The options as a struct, those that were not given at their defaults.
  ///
  /// Errors: option_error with every problem found, each naming the option, what was given and
  ///         what is allowed: unknown, missing, given twice, wrong number or type of arguments, not
  ///         allowed, out of the member's range. check() is called only without such problems.
  O parse(const std::vector<option>& given) const {
    O result;
    auto problems = detail::find_problems(infos_, given);
    for (std::size_t i = 0; i < infos_.size(); ++i) {
      for (const auto& use : given) {
        if (use.name != infos_[i].name || !detail::fits(infos_[i], use)) continue;
        try {
          if (bindings_[i].check.holds)
            detail::check_allowed(infos_[i], use, bindings_[i].check.holds);
          bindings_[i].assign(result, use);
        } catch (const option_error& problem) {
          problems.add(problem.what());
        }
      }
    }
    problems.throw_if_any();
    if constexpr (requires { result.check(); }) result.check();
    return result;
  }

  /// All options with their values, given or default, as one text.
  std::string text(const O& o) const {
    return listed(o, [](const binding&, const std::string&) { return true; });
  }
  /// The options that shape the state with their values, as one text: what a snapshot depends on.
  ///
  /// Those that have their default are left out, so that a snapshot survives a release that adds
  /// an option. A release that changes a default changes what older snapshots mean: raise
  /// state_version then.
  std::string fingerprint(const O& o) const {
    const O defaults{};
    return listed(o, [&](const binding& b, const std::string& shown) {
      return b.shapes_state && (b.required || shown != b.show(defaults));
    });
  }

 private:
  struct binding {
    std::function<void(O&, const option&)> assign;
    std::function<std::string(const O&)> show;
    allowed check;
    bool required = false;
    bool shapes_state = true;
  };

  template <class Wanted>
  std::string listed(const O& o, Wanted wanted) const {
    std::string text;
    for (std::size_t i = 0; i < infos_.size(); ++i) {
      const auto shown = bindings_[i].show(o);
      if (!wanted(bindings_[i], shown)) continue;
      text += (text.empty() ? "" : " ") + infos_[i].name + "=" + shown;
    }
    return text;
  }

  template <class M, class B>
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  void add(std::string name, M B::*member, std::string help, allowed a, bool required) {
    detail::check_option_name(name);
    using codec = detail::option_codec<M>;
    infos_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .types = codec::types(),
                      .required = required,
                      .repeated = codec::repeated,
                      .default_value = required ? "" : detail::to_text(O{}.*member),
                      .allowed = a.text});
    bindings_.push_back({[member](O& o, const option& use) { codec::assign(o.*member, use); },
                         [member](const O& o) { return detail::to_text(o.*member); }, std::move(a),
                         required, true});
  }

  std::vector<option_info> infos_;
  std::vector<binding> bindings_;
};

}  // namespace kapacitor::udf
