#include <fmt/format.h>

#include "check/expectations.hpp"
#include "check/rule_table.hpp"
#include "check/verdict.hpp"
#include "drive/requests.hpp"

namespace kapacitor::udf::host::check {
namespace {

peer ask_info(subject& s) {
  auto p = s.connect();
  p.ask(management::info, info_request());
  expect_answer(p, response::kInfo, s);
  return p;
}

void silent_until_asked(subject& s) {
  auto p = s.connect();
  p.listen(std::chrono::milliseconds(150));
  for (const auto& r : p.heard().all()) {
    if (!r.has_keepalive()) fail("unasked it says: " + described(r));
  }
}

void info_answered(subject& s) {
  auto p = ask_info(s);
  p.finish(s.timeout());
  const auto n = p.heard().count(response::kInfo);
  if (n != 1) fail(fmt::format("one Info is answered {} times", n));
}

void info_closed(subject& s) {
  auto p = ask_info(s);
  expect_end(p, s);
}

void info_process_exits(subject& s) {
  if (!s.is_process()) skip("a socket's server goes on");
  auto p = ask_info(s);
  p.finish(s.timeout());
  const auto how = p.wait_for_exit(s.timeout());
  if (!how)
    fail(fmt::format("its process still runs {} after the half-close", text_of(s.timeout())));
  if (!how->empty())
    warn(fmt::format("its process ends with {}, as if something were wrong", *how));
}

// The order of a map's entries in a message is random.
std::string declarations_of(const ::agent::InfoResponse& info) {
  std::map<std::string, std::string> options;
  for (const auto& [name, option] : info.options()) {
    auto& types = options[name];
    for (const auto type : option.valuetypes()) types += std::to_string(type) + " ";
  }
  auto text = fmt::format("{} -> {}", int(info.wants()), int(info.provides()));
  for (const auto& [name, types] : options) text += fmt::format(", {}({})", name, types);
  return text;
}

void info_stays_the_same(subject& s) {
  const auto first = declarations_of(s.raw_info());
  auto p = ask_info(s);
  const auto second = declarations_of(p.heard().first(response::kInfo)->info());
  if (second != first) fail(fmt::format("first it says \"{}\", then \"{}\"", first, second));
}

}  // namespace

std::span<const rule> startup_rules() {
  static constexpr rule rules[] = {
      {"silent-until-asked", "Before the first request it says nothing but signs of life.",
       "Kapacitor takes it for the answer to a later request, or stops reading at it",
       silent_until_asked},
      {"info-answered", "Info is answered, once.", "kapacitord hangs at its start, or ends",
       info_answered},
      {"info-closed", "After Info and the half-close it closes the connection.",
       "kapacitord hangs at its start for ever", info_closed},
      {"info-process-exits", "After Info and the half-close its process ends, with status 0.",
       "kapacitord hangs at its start for ever", info_process_exits},
      {"info-stays-the-same", "Each connection is told the same in Info.",
       "kapacitord asks once, and defines tasks by what it was told then", info_stays_the_same},
  };
  return rules;
}

}  // namespace kapacitor::udf::host::check
