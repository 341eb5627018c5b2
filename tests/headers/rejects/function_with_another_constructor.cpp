// says: a function needs a constructor that takes const options&, or none
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
#ifndef REPAIRED
  explicit bad(int) {}
#endif
  void on_point(const udf::point&, udf::emitter&) {}
};

auto f() {
  return udf::make_function<bad>("bad");
}
