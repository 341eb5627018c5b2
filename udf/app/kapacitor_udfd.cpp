#include "doctor/doctor.hpp"
#include "functions/registry.hpp"
#include "program/program.hpp"
#include "watch/watch.hpp"

int main(int argc, char** argv) {
  namespace udf = kapacitor::udf;
  return udf::server::udfd(udf::functions::all(), udf::watch::metrics_watcher(),
                           udf::doctor::examiner(), argc, argv);
}
