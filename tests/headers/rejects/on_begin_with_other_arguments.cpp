// says: on_begin takes (const udf::batch&) or (const udf::batch&, udf::emitter&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
#ifdef REPAIRED
  void on_begin(const udf::batch&) {}
#else
  void on_begin(const udf::point&) {}
#endif
  void on_point(const udf::point&, udf::emitter&) {}
};

auto f() {
  return udf::make_function<bad>("bad");
}
