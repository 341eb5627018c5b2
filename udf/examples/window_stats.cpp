// Mean, least and greatest value of each window: takes batches, gives one point for each.
//   stream|from().groupBy('host')|window().period(1m).every(1m)@window_stats().field('usage')
#include <algorithm>
#include <numeric>

#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct window_stats {
  static constexpr auto provides = udf::edge::stream;
  struct options {
    std::string field;
    static auto describe() {
      return udf::schema<options>{}.required("field", &options::field, "field to look at");
    }
  };

  explicit window_stats(const options& o) : opt(o) {}

  void on_begin(const udf::batch&) { seen.clear(); }

  void on_point(const udf::point& p, udf::emitter&) {
    if (const auto x = p.number(opt.field)) seen.push_back(*x);
  }

  void on_end(const udf::batch_end& end, udf::emitter& out) {
    if (seen.empty()) return;
    const auto mean = std::reduce(seen.begin(), seen.end()) / static_cast<double>(seen.size());
    const auto [least, most] = std::minmax_element(seen.begin(), seen.end());
    out.emit(end, {{"mean", mean}, {"min", *least}, {"max", *most}, {"count", seen.size()}});
  }

  const options& opt;
  std::vector<double> seen;
};

int main(int argc, char** argv) {
  return udf::run<window_stats>("window_stats", argc, argv);
}
