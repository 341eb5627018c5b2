// Smooths a field, each group by itself; continues after a restart.
//   stream|from().measurement('cpu').groupBy('host')@ewma().field('usage').alpha(0.2)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct ewma {
  struct options {
    std::string field;
    double alpha = 0.1;
    static auto describe() {
      return udf::schema<options>{}
          .required("field", &options::field, "field to smooth")
          .optional("alpha", &options::alpha, "weight of the newest point",
                    udf::above_up_to(0.0, 1.0));
    }
  };

  explicit ewma(const options& o) : opt(o) {}

  void on_point(const udf::point& p, udf::emitter& out) {
    const auto x = p.number(opt.field);
    if (!x) return out.skip(udf::reason::missing_field, opt.field);
    mean = mean ? *mean + opt.alpha * (*x - *mean) : *x;
    out.emit(p, {{"ewma", *mean}});
  }
  auto state() { return std::tie(mean); }  // kept, per group, by Kapacitor's snapshots

  const options& opt;
  std::optional<double> mean;
};

int main(int argc, char** argv) {
  return udf::run<ewma>("ewma", argc, argv);
}
