// says: on_end takes (const udf::batch_end&, udf::emitter&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
#ifdef REPAIRED
  void on_end(const udf::batch_end&, udf::emitter&) {}
#else
  void on_end(const udf::batch&, udf::emitter&) {}
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
