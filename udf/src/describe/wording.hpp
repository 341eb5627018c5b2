#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kapacitor/udf/function.hpp>

// What `--describe` and the pages in Markdown say in the same words.
namespace kapacitor::udf::server {

/// How Kapacitor reaches a function: for the stanzas of kapacitor.conf.
struct endpoint {
  std::string socket;             // path
  std::string program;            // path
  std::vector<std::string> args;  // of the program, for it to speak on stdin and stdout
};

std::string_view text_of(edge e);

/// Whether the option has a value, and one that can be seen, where it is not given.
bool has_default(const option_info& o);

/// Filled up with spaces. Counts characters, not bytes.
std::string padded(std::string text, std::size_t width);
/// How many characters a text of UTF-8 has.
std::size_t characters(std::string_view text);
std::string without_trailing_spaces(std::string line);
std::string joined(const std::vector<std::string>& words, std::string_view between);

/// Functions of each family, in the order in which their first ones come.
using family_members = std::pair<std::string, std::vector<const function*>>;
std::vector<family_members> by_family(const std::vector<function>& all);

/// What a description says, piece by piece: title and text, where there is one.
std::vector<std::pair<std::string_view, std::string_view>> sections(const description& d);

/// A TICKscript that uses the function with its options.
std::string tickscript(const function& f);
/// Of kapacitor.conf, to use it through a socket.
std::string socket_stanza(const function& f, const endpoint& how);
/// Of kapacitor.conf, to let Kapacitor start a process for each use.
std::string process_stanza(const function& f, const endpoint& how);

}  // namespace kapacitor::udf::server
