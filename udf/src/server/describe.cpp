#include <algorithm>
#include <string_view>

#include <server/describe.hpp>
#include <server/example.hpp>

namespace kapacitor::udf::server {
namespace {

std::string_view text_of(edge e) {
  return e == edge::stream ? "stream" : "batch";
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string comma_separated(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& w : words) text += (text.empty() ? "" : ", ") + w;
  return text;
}

/// As a TOML string.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// `.name(TYPE, TYPE)`
std::string signature(const option_info& o) {
  std::vector<std::string> types;
  for (const auto t : o.types) types.emplace_back(to_string(t));
  return "." + o.name + "(" + comma_separated(types) + ")";
}

std::string presence(const option_info& o) {
  if (o.required) return "required";
  if (o.types.empty()) return "flag";
  return o.default_value.empty() ? "optional" : "default " + o.default_value;
}

std::string remarks(const option_info& o) {
  auto text = o.help;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (!o.allowed.empty()) add("must be " + o.allowed);
  if (o.repeated) add("may be repeated");
  return text;
}

std::string options_text(const function& f) {
  if (f.options.empty()) return "Options: none\n";
  std::size_t wide = 0, wider = 0;
  for (const auto& o : f.options) {
    wide = std::max(wide, signature(o).size());
    wider = std::max(wider, presence(o).size());
  }
  std::string text = "Options\n";
  for (const auto& o : f.options) {
    auto line =
        "  " + padded(signature(o), wide) + "  " + padded(presence(o), wider) + "  " + remarks(o);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string tickscript(const function& f) {
  std::string text =
      "TICKscript\n"
      "  stream\n"
      "      |from()\n"
      "          .measurement('cpu')\n"
      "          .groupBy('host')\n";
  if (f.wants == edge::batch) {
    text +=
        "      |window()\n"
        "          .period(1m)\n"
        "          .every(1m)\n";
  }
  text += "      @" + f.name + "()\n";
  for (const auto& o : f.options) {
    // What changes nothing may stay out; it is there to be seen, and to be taken in.
    const bool left_out = o.types.empty() || (!o.required && o.default_value.empty());
    text += "          " + std::string(left_out ? "// " : "") + example_use(f, o) + "\n";
  }
  return text + "      |log()\n";
}

std::string stanzas(const function& f, const reach& how) {
  std::vector<std::string> args;
  for (const auto& a : how.args) args.push_back(quoted(a));
  const auto head = "  [udf.functions." + f.name + "]\n";
  return "kapacitor.conf, to use it through a socket\n" + head +
         "    socket = " + quoted(how.socket) + "\n    timeout = \"10s\"\n\n" +
         "kapacitor.conf, to let Kapacitor start a process for each use\n" + head +
         "    prog = " + quoted(how.program) + "\n    args = [" + comma_separated(args) +
         "]\n    timeout = \"10s\"\n";
}

}  // namespace

std::string describe(const function& f, const reach& how) {
  auto text = f.name;
  if (!f.summary.empty()) text += ": " + f.summary;
  text += "\ntakes a " + std::string(text_of(f.wants)) + ", gives a " +
          std::string(text_of(f.provides));
  return text + "\n\n" + options_text(f) + "\n" + tickscript(f) + "\n" + stanzas(f, how);
}

std::string list(const std::vector<function>& functions) {
  std::size_t wide = 0;
  for (const auto& f : functions) wide = std::max(wide, f.name.size());
  std::string text;
  for (const auto& f : functions) {
    const auto edges = std::string(text_of(f.wants)) + " -> " + std::string(text_of(f.provides));
    auto line = padded(f.name, wide) + "  " +
                padded(edges, std::string_view("stream -> stream").size()) + "  " + f.summary;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace kapacitor::udf::server
