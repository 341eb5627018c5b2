#include "base/options/value.hpp"

#include <utility>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

using texts = std::vector<std::string>;

bool parse_toggle(const std::string& text) {
  constexpr choice<bool> words[] = {{"true", true}, {"false", false}, {"yes", true},
                                    {"no", false},  {"1", true},      {"0", false},
                                    {"on", true},   {"off", false}};
  return parse_choice(text, words);
}

}  // namespace

flag_value parsed_value(std::string shown, std::function<void(const std::string&)> parse) {
  flag_value made;
  made.shown = std::move(shown);
  made.read = [parse = std::move(parse)](const texts& given) {
    if (given.size() != 1) throw usage_error("takes one value, got " + listed(given));
    parse(given.front());
  };
  return made;
}

flag_value parsed_values(std::string shown, std::function<void()> clear,
                         std::function<void(const std::string&)> parse) {
  flag_value made;
  made.shown = std::move(shown);
  made.repeats = true;
  made.read = [clear = std::move(clear), parse = std::move(parse)](const texts& given) {
    clear();
    for (const auto& text : given) parse(text);
  };
  return made;
}

flag_value text_value(std::string shown, std::string& to) {
  auto made = parsed_value(std::move(shown), [&to](const std::string& t) { to = t; });
  made.standard = to;
  return made;
}

flag_value text_value(std::string shown, std::optional<std::string>& to) {
  return parsed_value(std::move(shown), [&to](const std::string& t) { to = t; });
}

flag_value texts_value(std::string shown, std::vector<std::string>& to) {
  return parsed_values(
      std::move(shown), [&to] { to.clear(); }, [&to](const std::string& t) { to.push_back(t); });
}

flag_value toggle_value(bool& to, bool on) {
  auto made = parsed_value("", [&to, on](const std::string& t) { to = parse_toggle(t) == on; });
  made.type = flag_value::kind::toggle;
  return made;
}

flag_value duration_value(std::optional<std::chrono::nanoseconds>& to,
                          std::chrono::nanoseconds least) {
  return parsed_value("DURATION",
                      [&to, least](const std::string& t) { to = parse_duration(t, least); });
}

std::string shown_choices(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : "|") + name;
  return text.size() <= 24 ? text : "NAME";
}

}  // namespace kapacitor
