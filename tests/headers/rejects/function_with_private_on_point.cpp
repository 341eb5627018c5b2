// says: a function needs on_point(const udf::point&, udf::emitter&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

class bad {
#ifdef REPAIRED
 public:
#endif
  void on_point(const udf::point&, udf::emitter&) {}
};

auto f() {
  return udf::make_function<bad>("bad");
}
