#include "functions/documentation.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "functions/documentation_texts.hpp"

namespace kapacitor::udf::functions {
namespace {

constexpr std::array<std::pair<std::string_view, std::string udf::description::*>, 5> sections{
    {{"Example", &udf::description::example},
     {"Late and equal times", &udf::description::times},
     {"Cost", &udf::description::cost},
     {"State of a group", &udf::description::state},
     {"Source", &udf::description::source}}};

std::string_view trimmed(std::string_view text, std::string_view of) {
  const auto begin = text.find_first_not_of(of);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(of) + 1 - begin);
}

/// Text without the empty lines before and after it; an indent of the first line stays.
std::string body(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  return std::string(text.substr(0, text.find_last_not_of('\n') + 1));
}

/// The cells of a row `| a | b |`. A bar within a cell is written \|.
std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> cells;
  for (std::size_t begin = 1, at = 1; at < row.size(); ++at) {
    if (row[at] != '|' || row[at - 1] == '\\') continue;
    cells.emplace_back(trimmed(row.substr(begin, at - begin), " "));
    begin = at + 1;
  }
  return cells;
}

std::vector<udf::output_info> read_outputs(std::string_view table) {
  std::vector<udf::output_info> outputs;
  for (std::size_t line = 0; !table.empty(); ++line) {
    const auto end = table.find('\n');
    const auto cells = cells_of(table.substr(0, end));
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
    if (line < 2) continue;  // the columns' names and the line below them
    if (cells.size() != 3) throw std::invalid_argument("an output needs name, type and meaning");
    outputs.push_back({.name = cells[0], .type = cells[1], .help = cells[2]});
  }
  return outputs;
}

void take_section(udf::description& into, std::string_view heading, std::string_view text) {
  if (heading == "Output fields") {
    into.outputs = read_outputs(body(text));
    return;
  }
  for (const auto& [known, member] : sections) {
    if (heading != known) continue;
    into.*member = body(text);
    return;
  }
  throw std::invalid_argument("no section is called '" + std::string(heading) + "'");
}

}  // namespace

udf::description read_documentation(std::string_view markdown) {
  constexpr std::string_view mark = "\n## ";
  udf::description result;
  auto next = markdown.find(mark);
  auto beginning = markdown.substr(0, next);
  if (beginning.starts_with("# ")) beginning.remove_prefix(beginning.find('\n'));
  result.computes = body(beginning);
  while (next != std::string_view::npos) {
    markdown.remove_prefix(next + mark.size());
    next = markdown.find(mark);
    const auto section = markdown.substr(0, next);
    const auto line_end = section.find('\n');
    if (line_end == std::string_view::npos) throw std::invalid_argument("a section without text");
    take_section(result, section.substr(0, line_end), section.substr(line_end));
  }
  return result;
}

udf::description documentation_of(std::string_view name) {
  for (const auto& [known, text] : documentation_texts) {
    if (known == name) return read_documentation(text);
  }
  throw std::invalid_argument("no documentation of '" + std::string(name) + "'");
}

}  // namespace kapacitor::udf::functions
