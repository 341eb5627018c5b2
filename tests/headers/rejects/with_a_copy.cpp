// says: with() takes what returns the schema that it was given
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct options {
  bool keep = false;
};

auto f() {
  return udf::schema<options>{}
#ifdef REPAIRED
      .with([](auto&& s) -> auto&& {
#else
      .with([](auto&& s) {
#endif
        return std::move(s).flag("keep", &options::keep, "keep the other fields");
      })
      .flag("again", &options::keep, "");
}
