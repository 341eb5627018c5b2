#include <cstdio>
#include <exception>
#include <utility>

#include "base/text/error.hpp"
#include "cli/commands.hpp"
#include "run/settings.hpp"

int main(int argc, char** argv) {
  using namespace kapacitor::generator;
  try {
    auto asked = parse_command_line(argc, argv);
    return asked ? execute(std::move(*asked)) : 0;
  } catch (const kapacitor::usage_error& error) {
    std::fprintf(stderr, "kapacitor-udf-generator: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kapacitor-udf-generator: %s\n", error.what());
    return 1;
  }
}
