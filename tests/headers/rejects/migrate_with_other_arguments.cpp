// says: migrate takes (unsigned, udf::state_reader&)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  void on_point(const udf::point&, udf::emitter&) {}
#ifdef REPAIRED
  void migrate(unsigned, udf::state_reader&) {}
#else
  void migrate(udf::state_reader&) {}
#endif
};

auto f() {
  return udf::make_function<bad>("bad");
}
