#include "describe/wording.hpp"

#include <algorithm>

#include "base/text/quote.hpp"
#include "describe/example.hpp"

namespace kapacitor::udf::server {
namespace {

std::string head(const function& f) {
  return "[udf.functions." + f.name + "]\n";
}

}  // namespace

std::string_view text_of(edge e) {
  return e == edge::stream ? "stream" : "batch";
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

bool has_default(const option_info& o) {
  return !o.required && !o.types.empty() && !o.default_value.empty() && o.default_value != "''";
}

std::string padded(std::string text, std::size_t width) {
  if (const auto n = characters(text); n < width) text.append(width - n, ' ');
  return text;
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const auto& w : words) {
    if (!text.empty()) text += between;
    text += w;
  }
  return text;
}

std::vector<family_members> by_family(const std::vector<function>& all) {
  std::vector<family_members> families;
  for (const auto& f : all) {
    const auto& name = f.description.family;
    auto found = std::find_if(families.begin(), families.end(),
                              [&](const family_members& one) { return one.first == name; });
    if (found == families.end()) found = families.insert(found, {name, {}});
    found->second.push_back(&f);
  }
  return families;
}

std::vector<std::pair<std::string_view, std::string_view>> sections(const description& d) {
  std::vector<std::pair<std::string_view, std::string_view>> result = {
      {"Example", d.example},
      {"Late and equal times", d.times},
      {"Cost", d.cost},
      {"State of a group", d.state},
      {"Source", d.source}};
  std::erase_if(result, [](const auto& one) { return one.second.empty(); });
  return result;
}

std::string tickscript(const function& f) {
  std::string text =
      "stream\n"
      "    |from()\n"
      "        .measurement('cpu')\n"
      "        .groupBy('host')\n";
  if (f.wants == edge::batch) {
    text +=
        "    |window()\n"
        "        .period(1m)\n"
        "        .every(1m)\n";
  }
  text += "    @" + f.name + "()\n";
  for (const auto& use : example(f)) {
    text += "        " + std::string(use.needless ? "// " : "") + use.text + "\n";
  }
  return text + "    |log()\n";
}

std::string socket_stanza(const function& f, const endpoint& how) {
  return head(f) + "  socket = " + in_quotes(how.socket) + "\n  timeout = \"10s\"\n";
}

std::string process_stanza(const function& f, const endpoint& how) {
  std::vector<std::string> args;
  for (const auto& a : how.args) args.push_back(in_quotes(a));
  return head(f) + "  prog = " + in_quotes(how.program) + "\n  args = [" + joined(args, ", ") +
         "]\n  timeout = \"10s\"\n";
}

}  // namespace kapacitor::udf::server
