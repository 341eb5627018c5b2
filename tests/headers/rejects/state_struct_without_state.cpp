// says: state() holds something a snapshot cannot keep
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct nested {
  double x;
#ifdef REPAIRED
  auto state() {
    return std::tie(x);
  }
#endif
};
struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
  auto state() { return std::tie(kept); }
  nested kept;
};

auto f() {
  return udf::make_function<bad>("bad");
}
