// says: on_time takes (udf::timestamp, udf::emitter&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
#ifdef REPAIRED
  void on_time(udf::timestamp, udf::emitter&) {}
#else
  void on_time(udf::emitter&) {}
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
