// A function inside a program of one's own, without Kapacitor: reads "host value" lines, and prints
// each host's moving mean. Its state is kept in the file that the argument names.
#include <fstream>
#include <iostream>
#include <iterator>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/engine.hpp>

namespace udf = kapacitor::udf;

struct ewma {
  void on_point(const udf::point& p, udf::emitter& out) {
    const double x = p.number("value").value();
    mean = mean ? *mean + 0.5 * (x - *mean) : x;
    out.emit(p, {{"mean", *mean}});
  }
  auto state() { return std::tie(mean); }

  std::optional<double> mean;
};

int main(int argc, char** argv) {
  const auto print = [](const udf::result& r) {
    std::cout << r.group << ' ' << *r.number("mean") << '\n';
  };
  udf::engine engine(udf::make_function<ewma>("ewma"), {}, print, {.group_by = {.tags = {"host"}}});
  if (argc > 1) {
    std::ifstream file(argv[1], std::ios::binary);
    engine.load(std::string(std::istreambuf_iterator<char>(file), {}));
  }

  double value = 0;
  for (std::string host; std::cin >> host >> value;) {
    const udf::tag tags[] = {{"host", host}};
    const udf::field fields[] = {{"value", value}};
    engine.add({.name = "cpu", .tags = tags, .fields = fields});
  }
  engine.finish();
  if (argc > 1) std::ofstream(argv[1], std::ios::binary) << engine.save();
}
