#include "functions/registry.hpp"
#include "program/program.hpp"

int main(int argc, char** argv) {
  return kapacitor::udf::server::udfd(kapacitor::udf::functions::all(), argc, argv);
}
