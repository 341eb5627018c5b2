// says: state() holds something a snapshot cannot keep
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
  auto state() { return std::tie(kept); }
#ifdef REPAIRED
  std::optional<double> kept;
#else
  std::optional<udf::point> kept;
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
