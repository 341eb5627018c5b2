#include "base/process/words.hpp"

#include <wordexp.h>

#include "base/text/error.hpp"
#include "base/text/quote.hpp"

namespace kapacitor {
namespace {

const char* problem_of(int result) {
  switch (result) {
    case WRDE_BADCHAR:
      return "has one of |&;<>(){} outside of quotes, and no shell is run: quote it, or write "
             "sh -c '...'";
    case WRDE_BADVAL:
      return "names a variable that is not set: set it, or write \\$";
    case WRDE_CMDSUB:
      return "has a command within it, and no shell is run: write sh -c '...'";
    case WRDE_SYNTAX:
      return "has a quote or bracket that is not closed";
    default:
      return "is too long";
  }
}

}  // namespace

std::vector<std::string> split_words(const std::string& command) {
  wordexp_t found{};
  const int result = ::wordexp(command.c_str(), &found, WRDE_NOCMD | WRDE_UNDEF);
  if (result != 0) {
    if (result == WRDE_NOSPACE) ::wordfree(&found);
    throw usage_error(in_quotes(command) + " " + problem_of(result));
  }
  std::vector<std::string> words(found.we_wordv, found.we_wordv + found.we_wordc);
  ::wordfree(&found);
  if (words.empty()) throw usage_error("there is no program in " + in_quotes(command));
  return words;
}

}  // namespace kapacitor
