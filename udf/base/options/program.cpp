#include "base/options/program.hpp"

#include <iostream>

#include "base/options/parse.hpp"
#include "base/text/guarded.hpp"

namespace kapacitor {

int run_program(const option_table& options, int argc, const char* const* argv,
                const std::function<int(const std::string& command)>& body) {
  return guarded(options.program, [&] {
    const auto parsed = parse_options(options, argc, argv);
    std::cout << parsed.answer << std::flush;
    return parsed.answered() ? 0 : body(parsed.command);
  });
}

}  // namespace kapacitor
