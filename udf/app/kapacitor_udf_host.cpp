#include "host/cli.hpp"

int main(int argc, char** argv) {
  return kapacitor::udf::host::host_main(argc, argv);
}
