// says: a function needs on_point(const udf::point&, udf::emitter&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
#ifdef REPAIRED
  void on_point(const udf::point&, udf::emitter&) {}
#else
  void on_points(const udf::point&, udf::emitter&) {}
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
