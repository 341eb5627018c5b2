// A program of a user's, with one function that takes its time: "value" says how long, in ms.
#include <chrono>
#include <thread>

#include <kapacitor/udf.hpp>

struct slow {
  void on_point(const kapacitor::udf::point& p, kapacitor::udf::emitter& out) {
    const auto ms = static_cast<int>(p.number("value").value_or(0));
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    out.emit(p, {{"slept", ms}});
  }
};

int main(int argc, char** argv) {
  return kapacitor::udf::run<slow>("slow", argc, argv);
}
