#include "functions/registry.hpp"
#include "program/program.hpp"
#include "watch/watch.hpp"

int main(int argc, char** argv) {
  return kapacitor::udf::server::udfd(kapacitor::udf::functions::all(),
                                      kapacitor::udf::watch::metrics_watcher(), argc, argv);
}
