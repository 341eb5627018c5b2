#include <limits>

#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/refusal.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"

namespace kapacitor::udf::host::check {
namespace {

void init_accepted(subject& s) {
  s.info();
  auto p = s.connect();
  ask_init(p, s.options());
  const auto& init = expect_answer(p, response::kInit, s).init();
  if (!init.success()) fail(fmt::format("it refuses the given options: {}", init.error()));
}

void init_answered_once(subject& s) {
  auto p = s.start_task();
  p.conclude(s.timeout());
  const auto n = p.heard().count(response::kInit);
  if (n != 1) fail(fmt::format("one Init is answered {} times", n));
}

void init_before_data(subject& s) {
  const auto p = s.start_task();
  const auto& first = p.heard().all();
  for (const auto& r : first) {
    if (r.has_init()) return;
    if (!r.has_keepalive()) fail("before the answer it says: " + described(r));
  }
}

// Kapacitor sends them, however odd: the function must answer, and chooses which answer.
void expect_some_answer(subject& s, const std::vector<option>& options) {
  s.info();
  auto p = s.connect();
  ask_init(p, options);
  expect_answer(p, response::kInit, s);
}

void init_without_options(subject& s) {
  if (s.options().empty()) skip("needs --opt");
  expect_some_answer(s, {});
}

void init_repeated_option(subject& s) {
  if (s.options().empty()) skip("needs --opt");
  auto options = s.options();
  options.push_back(options.front());
  expect_some_answer(s, options);
}

void init_strange_values(subject& s) {
  bool any = false;
  for (const auto& [name, types] : s.info().options) {
    if (types.empty()) continue;
    for (const bool low : {true, false}) {
      expect_some_answer(s, with_option(s.options(), {name, strange_values(types, low)}));
    }
    any = true;
  }
  if (!any) skip("it has no options with values");
}

void init_without_value(subject& s) {
  for (const auto& [name, types] : s.info().options) {
    if (types != std::vector{value_type::boolean}) continue;
    return expect_refusal(s, with_option(s.options(), {name, {option_value()}}),
                          fmt::format("{} without a value", name));
  }
  skip("it has no option of one BOOL");
}

void init_unknown_option(subject& s) {
  expect_refusal(s, with_unknown_option(s), "an option that it does not have");
}

void init_wrong_type(subject& s) {
  const auto options = with_wrong_type(s);
  if (!options) skip("it has no options with values");
  expect_refusal(s, *options, "an option with a value of another type");
}

void init_refusal_says_why(subject& s) {
  auto p = refused(s);
  if (p.heard().first(response::kInit)->init().error().empty()) {
    warn("it refuses without a text: the task's error does not say what is wrong");
  }
}

void init_refusal_closes(subject& s) {
  auto p = refused(s);
  if (p.wait_for_end(s.timeout())) return;
  warn(
      "it goes on after refusing, and Kapacitor never closes: each attempt to start the task "
      "leaves "
      "a connection behind" +
      std::string(s.is_process() ? ", and a process" : ""));
}

}  // namespace

std::span<const rule> init_rules() {
  static constexpr rule rules[] = {
      {"init-accepted", "Init with the given options succeeds.", "the task does not start",
       init_accepted},
      {"init-answered-once", "Init is answered once.",
       "Kapacitor logs \"received message without requesting it\"", init_answered_once},
      {"init-before-data", "Nothing but signs of life comes before the answer to Init.",
       "Kapacitor stops reading at the data: keepalive timedout", init_before_data},
      {"init-without-options", "Init without any options is answered, one way or the other.",
       "whoever forgets an option is not told: keepalive timedout, or process exited unexpectedly",
       init_without_options},
      {"init-repeated-option", "Init with an option twice is answered, one way or the other.",
       "the task ends without a reason", init_repeated_option},
      {"init-strange-values",
       "Init with negative numbers, zeros, empty texts and huge values is answered, one way or the "
       "other.",
       "the task ends without a reason", init_strange_values},
      {"init-without-value",
       "A BOOL without a value, which is how a lambda arrives, is refused with a text.",
       "the task ends without a reason", init_without_value},
      {"init-unknown-option",
       "An option that it does not have is refused with a text: Kapacitor knows its options from "
       "when "
       "it started.",
       "the task hangs at its start", init_unknown_option},
      {"init-wrong-type",
       "A value of another type is refused with a text: Kapacitor knows the types from when it "
       "started.",
       "the task hangs at its start", init_wrong_type},
      {"init-refusal-says-why", "A refused Init says why.", "", init_refusal_says_why},
      {"init-refusal-closes", "After refusing Init it closes the connection.", "",
       init_refusal_closes},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
