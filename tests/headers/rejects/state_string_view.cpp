// says: state() holds something a snapshot cannot keep
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
  auto state() { return std::tie(kept); }
#ifdef REPAIRED
  std::string kept;
#else
  std::string_view kept;
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
