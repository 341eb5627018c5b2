// says: on_finish takes (udf::emitter&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
#ifdef REPAIRED
  void on_finish(udf::emitter&) {}
#else
  void on_finish() {}
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
