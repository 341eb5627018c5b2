// Names the level of a field: an option of two values, given several times, and a warning.
//   stream|from().groupBy('host')@levels().field('usage').level('warn', 80.0).level('crit', 95.0)
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct levels {
  struct options {
    std::string field;
    std::vector<std::pair<std::string, double>> levels;
    static auto describe() {
      return udf::schema<options>{}
          .required("field", &options::field, "field to watch", udf::not_empty())
          .required("level", &options::levels, "name and threshold of a level, lowest first");
    }
    void check() const {
      for (std::size_t i = 1; i < levels.size(); ++i) {
        if (levels[i].second > levels[i - 1].second) continue;
        throw udf::option_error("level " + levels[i].first + " must be above " +
                                levels[i - 1].first);
      }
    }
  };

  explicit levels(const options& o) : opt(o) {}
  void on_point(const udf::point& p, udf::emitter& out) {
    const auto* found = p.find(opt.field);
    if (!found) return out.skip(udf::reason::missing_field, opt.field);
    const auto x = found->number();
    if (!x) return out.warn(opt.field + " is no number");  // odd, but no reason to end the task
    std::string_view reached = "ok";
    for (const auto& [name, threshold] : opt.levels) reached = *x >= threshold ? name : reached;
    out.extend(p, {{"level", reached}});
  }
  const options& opt;
};

int main(int argc, char** argv) {
  return udf::run<levels>("levels", argc, argv);
}
