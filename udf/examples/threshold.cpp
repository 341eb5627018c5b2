// Speaks only when a field has crossed a limit and stayed there for a while.
//   stream|from().groupBy('host')@threshold().field('usage').limit(90.0).hold(30s).both()
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct threshold {
  struct options {
    std::string field;
    double limit = 0;
    std::chrono::nanoseconds hold{};
    bool both = false;
    static auto describe() {
      return udf::schema<options>{}
          .required("field", &options::field, "field to watch")
          .required("limit", &options::limit, "above it the field is high")
          .optional("hold", &options::hold, "how long it must last")
          .flag("both", &options::both, "say when it is back as well");
    }
  };

  explicit threshold(const options& o) : opt(o) {}
  void on_point(const udf::point& p, udf::emitter& out) {
    const auto x = p.number(opt.field);
    if (!x || (*x > opt.limit) == high) return crossed.reset();
    if (!crossed) crossed = p.time();
    if (p.time() - *crossed < opt.hold) return;
    high = !high;
    crossed.reset();
    if (high || opt.both) out.extend(p, {{"high", high}});
  }

  auto state() { return std::tie(high, crossed); }
  const options& opt;
  bool high = false;
  std::optional<udf::timestamp> crossed;  // when it went to the other side
};
int main(int argc, char** argv) {
  return udf::run<threshold>("threshold", argc, argv);
}
