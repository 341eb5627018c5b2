#include "doctor/tick_script.hpp"

#include "doctor/tick_tokens.hpp"

namespace kapacitor::udf::doctor {
namespace {

using kind = tick_token::kind;

bool opens(const tick_token& t) {
  return t.is("(") || t.is("[");
}
bool closes(const tick_token& t) {
  return t.is(")") || t.is("]");
}

class script_reader {
 public:
  explicit script_reader(std::string_view script) : tokens_(script) { take(); }

  std::vector<used_function> read() {
    while (now_.what != kind::end) {
      if (now_.is("@")) {
        read_function();
      } else {
        take();
      }
    }
    return std::move(found_);
  }

 private:
  tick_token take() {
    const auto taken = now_;
    now_ = tokens_.next();
    return taken;
  }

  void read_function() {
    const auto line = take().line;
    if (now_.what != kind::name) return;
    used_function f{std::string(take().text), line, {}};
    used_option ignored;
    if (now_.is("(")) read_arguments(ignored);  // Kapacitor ignores them, too
    while (now_.is(".")) {
      take();
      if (now_.what != kind::name) break;
      used_option o;
      o.line = now_.line;
      o.name = take().text;
      if (!now_.is("(")) break;
      read_arguments(o);
      f.options.push_back(std::move(o));
    }
    found_.push_back(std::move(f));
  }

  /// From ( to ).
  void read_arguments(used_option& o) {
    take();
    while (now_.what != kind::end && !now_.is(")")) {
      read_argument(o);
      if (now_.is(",")) take();
    }
    take();
  }

  /// To the comma or parenthesis after it.
  void read_argument(used_option& o) {
    if (now_.is("-")) take();
    const auto first = now_;
    std::size_t words = 0, depth = 0;
    for (; now_.what != kind::end; ++words) {
      if (depth == 0 && (now_.is(",") || now_.is(")"))) break;
      if (opens(now_)) ++depth;
      if (closes(now_) && depth > 0) --depth;
      take();
    }
    if (words == 0) return;
    o.arguments.push_back(type_of(first, words));
    // A list stands for its elements, and so may a variable.
    const bool is_variable = first.what == kind::name && !o.arguments.back();
    o.countable = o.countable && !first.is("[") && !is_variable;
  }

  static argument_type type_of(const tick_token& first, std::size_t words) {
    if (first.what == kind::name && first.text == "lambda") return value_type::boolean;
    if (words > 1) return std::nullopt;
    switch (first.what) {
      case kind::text:
        return value_type::string;
      case kind::duration:
        return value_type::duration;
      case kind::number:
        return first.text.find('.') == std::string_view::npos ? value_type::integer
                                                              : value_type::floating;
      case kind::name:
        if (first.text == "TRUE" || first.text == "FALSE") return value_type::boolean;
        return std::nullopt;
      case kind::regex:
        return value_type::boolean;
      case kind::sign:
        if (first.is("*")) return value_type::boolean;
        return std::nullopt;
      case kind::end:
      case kind::reference:
        break;
    }
    return std::nullopt;
  }

  tick_tokens tokens_;
  tick_token now_;
  std::vector<used_function> found_;
};

}  // namespace

std::vector<used_function> used_functions(std::string_view script) {
  return script_reader(script).read();
}

}  // namespace kapacitor::udf::doctor
