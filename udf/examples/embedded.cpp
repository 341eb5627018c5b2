// A function inside a program of one's own, without Kapacitor: reads "host value" lines, and prints
// each host's moving mean. The file that the argument names keeps its state.
#include <fstream>
#include <iostream>
#include <sstream>

#include <kapacitor/udf.hpp>
#include <kapacitor/udf/engine.hpp>
namespace udf = kapacitor::udf;

struct moving_mean {
  void on_point(const udf::point& p, udf::emitter& out) {
    mean = (p.number("value").value() + mean.value_or(*p.number("value"))) / 2;
    out.emit(p, {{"mean", *mean}});
  }
  auto state() { return std::tie(mean); }
  std::optional<double> mean;
};

int main(int argc, char** argv) {
  const std::string file = argc > 1 ? argv[1] : "embedded.state";
  const auto print = [](auto& r) { std::cout << r.group << ' ' << *r.number("mean") << '\n'; };
  udf::engine engine(udf::make_function<moving_mean>("mean"), {}, print, {.group_by = {{"host"}}});
  engine.load((std::stringstream() << std::ifstream(file).rdbuf()).str());
  for (auto [host, value] = std::pair(std::string(), 0.0); std::cin >> host >> value;) {
    engine.add({.name = "cpu", .tags = {{{"host", host}}}, .fields = {{{"value", value}}}});
  }
  engine.finish();
  std::ofstream(file) << engine.save();
}
