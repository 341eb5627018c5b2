// says: an option is a bool, an integer, a floating point number, std::string or
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct bad {
  struct options {
#ifdef REPAIRED
    std::vector<std::pair<std::string, double>> given{};
#else
    std::map<std::string, double> given{};
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
