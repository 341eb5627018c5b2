// says: state() holds something a snapshot cannot keep
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
  auto state() { return std::tie(kept); }
#ifdef REPAIRED
  std::vector<double> kept;
#else
  std::span<double> kept;
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
