// says: options need `static auto describe()` that returns a udf::schema<options>
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  struct options {
    std::string field;
#ifdef REPAIRED
    static auto describe() {
      return udf::schema<options>{};
    }
#endif
  };
  explicit bad(const options&) {}
  void on_point(const udf::point&, udf::emitter&) {}
};

auto f() {
  return udf::make_function<bad>("bad");
}
