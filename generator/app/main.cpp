#include <utility>

#include "base/text/guarded.hpp"
#include "cli/commands.hpp"
#include "run/settings.hpp"

int main(int argc, char** argv) {
  using namespace kapacitor::generator;
  return kapacitor::guarded("kapacitor-udf-generator", [&] {
    auto asked = parse_command_line(argc, argv);
    return asked ? execute(std::move(*asked)) : 0;
  });
}
