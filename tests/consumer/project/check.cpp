#include <iostream>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/testing.hpp>

namespace udf = kapacitor::udf;

// A function and its test with kapacitor::udf_core alone.
struct twice {
  void on_point(const udf::point& p, udf::emitter& out) {
    if (const auto x = p.number("x")) out.emit(p, {{"twice", 2 * *x}});
  }
};

int main() {
  const auto out = udf::test::run<twice>({}, {{.fields = {{"x", 21}}}});
  std::cout << "twice=" << out.points.at(0).number("twice").value() << "\n";
}
