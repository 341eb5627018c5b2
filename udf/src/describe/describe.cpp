#include "describe/describe.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "describe/wrap.hpp"

namespace kapacitor::udf::server {
namespace {

/// `.name(TYPE, TYPE)`
std::string signature(const option_info& o) {
  std::vector<std::string> types;
  for (const auto t : o.types) types.emplace_back(to_string(t));
  return "." + o.name + "(" + joined(types, ", ") + ")";
}

std::string presence(const option_info& o) {
  if (o.required) return "required";
  if (o.types.empty()) return "flag";
  return o.default_value.empty() ? "optional" : "default " + o.default_value;
}

std::string remarks(const option_info& o) {
  auto text = plain(o.help);
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (!o.allowed.empty()) add("must be " + o.allowed);
  if (o.repeated) add("may be repeated");
  return text;
}

using row = std::array<std::string, 3>;

/// In columns, all but the last as wide as their widest cell.
std::string table(const std::vector<row>& rows) {
  std::size_t wide = 0, wider = 0;
  for (const auto& r : rows) {
    wide = std::max(wide, characters(r[0]));
    wider = std::max(wider, characters(r[1]));
  }
  std::string text;
  for (const auto& r : rows) {
    text += without_trailing_spaces("  " + padded(r[0], wide) + "  " + padded(r[1], wider) + "  " +
                                    r[2]) +
            "\n";
  }
  return text;
}

std::string options_text(const function& f) {
  if (f.options.empty()) return "Options: none\n";
  std::vector<row> rows;
  rows.reserve(f.options.size());
  for (const auto& o : f.options) rows.push_back({signature(o), presence(o), remarks(o)});
  return "Options\n" + table(rows);
}

std::string outputs_text(const std::vector<output_info>& outputs) {
  if (outputs.empty()) return "";
  std::vector<row> rows;
  rows.reserve(outputs.size());
  for (const auto& o : outputs) rows.push_back({plain(o.name), o.type, plain(o.help)});
  return "Output fields\n" + table(rows) + "\n";
}

std::string section(std::string_view title, std::string_view text) {
  if (text.empty()) return "";
  return std::string(title) + "\n" + indented(wrapped(plain(text), 96), 2) + "\n";
}

std::string details(const description& d) {
  auto text = outputs_text(d.outputs) + section("Computes", d.computes);
  for (const auto& [title, body] : sections(d)) text += section(title, body);
  return text;
}

}  // namespace

std::string describe(const function& f, const endpoint& how) {
  auto text = f.name;
  if (!f.summary.empty()) text += ": " + f.summary;
  text += "\ntakes a " + std::string(text_of(f.wants)) + ", gives a " +
          std::string(text_of(f.provides)) + "\n\n" + options_text(f) + "\n" +
          details(f.description);
  return text + "TICKscript\n" + indented(tickscript(f), 2) +
         "\nkapacitor.conf, to use it through a socket\n" + indented(socket_stanza(f, how), 2) +
         "\nkapacitor.conf, to let Kapacitor start a process for each use\n" +
         indented(process_stanza(f, how), 2);
}

std::string list(const std::vector<function>& functions) {
  std::size_t wide = 0;
  for (const auto& f : functions) wide = std::max(wide, characters(f.name));
  std::string text;
  for (const auto& [family, members] : by_family(functions)) {
    if (!text.empty()) text += "\n";
    if (!family.empty()) text += family + "\n";
    for (const auto* f : members) {
      const auto edges =
          std::string(text_of(f->wants)) + " -> " + std::string(text_of(f->provides));
      const auto line = padded(f->name, wide) + "  " +
                        padded(edges, std::string_view("stream -> stream").size()) + "  " +
                        f->summary;
      text += (family.empty() ? "" : "  ") + without_trailing_spaces(line) + "\n";
    }
  }
  return text;
}

}  // namespace kapacitor::udf::server
