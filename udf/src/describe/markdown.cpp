#include "describe/markdown.hpp"

#include <algorithm>
#include <array>

namespace kapacitor::udf::server {
namespace {

std::string code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

/// What stands in a cell of a table must not end it, nor be taken for HTML.
std::string cell(std::string_view text) {
  std::string result;
  bool in_code = false;
  for (const char c : text) {
    in_code ^= c == '`';
    if (c == '<' && !in_code) {
      result += "&lt;";
      continue;
    }
    if (c == '|' && !result.ends_with('\\')) result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string edges(const function& f) {
  return std::string(text_of(f.wants)) + " → " + std::string(text_of(f.provides));
}

/// The type's name in a TICKscript: "int".
std::string word(value_type t) {
  constexpr std::array words = {"bool", "int", "double", "string", "duration"};
  return words[static_cast<std::size_t>(t)];
}

std::string types(const option_info& o) {
  if (o.types.empty()) return "flag";
  std::vector<std::string> words;
  for (const auto t : o.types) words.push_back(word(t));
  return joined(words, ", ") + (o.repeated ? "; repeatable" : "");
}

std::string default_of(const option_info& o) {
  if (o.required) return "**required**";
  return has_default(o) ? code(o.default_value) : "";
}

std::string options_table(const function& f) {
  if (f.options.empty()) return "None.\n";
  std::string text =
      "| option | type | default | allowed | meaning |\n"
      "|---|---|---|---|---|\n";
  for (const auto& o : f.options) {
    for (const auto& one : {code(o.name), types(o), default_of(o), o.allowed, o.help}) {
      text += "| " + cell(one) + (one.empty() ? "" : " ");
    }
    text += "|\n";
  }
  return text;
}

/// Names are code, but where parts of them are marked as such already, or where it is words.
std::string outputs_table(const description& d) {
  if (d.outputs.empty()) return "";
  std::string text =
      "## Output fields\n\n"
      "| field | type | is |\n"
      "|---|---|---|\n";
  for (const auto& o : d.outputs) {
    const auto name = o.name.find_first_of("` ") == std::string::npos ? code(o.name) : o.name;
    text += "| " + cell(name) + " | " + cell(o.type) + " | " + cell(o.help) + " |\n";
  }
  return text + "\n";
}

std::string fenced(std::string_view language, const std::string& text) {
  return "```" + std::string(language) + "\n" + text + "```\n";
}

/// **`field`**, `size` = `10`: in bold what is required.
std::string options_in_short(const function& f) {
  std::vector<std::string> all;
  for (const auto& o : f.options) {
    const auto name = o.required ? "**" + code(o.name) + "**" : code(o.name);
    all.push_back(name + (has_default(o) ? " = " + code(o.default_value) : ""));
  }
  return all.empty() ? "–" : joined(all, ", ");
}

}  // namespace

std::string page(const function& f, const endpoint& how) {
  std::string text = "# " + f.name + "\n\n";
  if (!f.summary.empty()) text += capitalised(f.summary) + ". ";
  text += "Takes a " + std::string(text_of(f.wants)) + ", gives a " +
          std::string(text_of(f.provides)) + ".\n\n";
  if (!f.description.computes.empty()) text += f.description.computes + "\n\n";
  text += "## Options\n\n" + options_table(f) + "\n" + outputs_table(f.description);
  for (const auto& [title, body] : sections(f.description)) {
    text += "## " + std::string(title) + "\n\n" + std::string(body) + "\n\n";
  }
  return text + "## TICKscript\n\n" + fenced("javascript", tickscript(f)) +
         "\n## kapacitor.conf\n\nThrough a socket:\n\n" + fenced("toml", socket_stanza(f, how)) +
         "\nOr a process for each use:\n\n" + fenced("toml", process_stanza(f, how));
}

std::string index(const std::vector<function>& functions) {
  std::string text;
  for (const auto& [family, members] : by_family(functions)) {
    if (!text.empty()) text += "\n";
    text += "| " + (family.empty() ? "function" : family) + " | edges | options | does |\n";
    text += "|---|---|---|---|\n";
    for (const auto* f : members) {
      text += "| [" + code(f->name) + "](" + f->name + ".md) | " + edges(*f) + " | " +
              cell(options_in_short(*f)) + " | " + cell(f->summary) + " |\n";
    }
  }
  return text;
}

}  // namespace kapacitor::udf::server
