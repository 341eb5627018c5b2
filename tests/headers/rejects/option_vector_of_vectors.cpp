// says: a repeated option is a std::vector of values, pairs or tuples, not of vectors
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  struct options {
#ifdef REPAIRED
    std::vector<double> given{};
#else
    std::vector<std::vector<double> > given{};
#endif
    static auto describe() {
      return udf::schema<options>{}.optional("given", &options::given, "");
    }
  };
  explicit bad(const options&) {}
  void on_point(const udf::point&, udf::emitter&) {}
};

auto f() {
  return udf::make_function<bad>("bad");
}
