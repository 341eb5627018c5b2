// Cuts a stream into sessions, batches of points with no long pause between them.
//   stream|from().groupBy('user')@sessions().pause(10m)|count('page')
#include <kapacitor/udf.hpp>

namespace udf = kapacitor::udf;

struct sessions {
  static constexpr auto provides = udf::edge::batch;

  struct options {
    std::chrono::nanoseconds pause = std::chrono::minutes(5);

    static auto describe() {
      return udf::schema<options>{}.optional("pause", &options::pause, "ends a session");
    }
  };

  explicit sessions(const options& o) : opt(o) {}

  void on_point(const udf::point& p, udf::emitter& out) {
    if (session && p.time() - last > opt.pause) {
      session->close(last);
      session.reset();
    }
    if (!session) session.emplace(out.open_batch(p));
    session->forward(p);
    last = p.time();
  }

  const options& opt;
  std::optional<udf::batch_writer> session;  // reaches Kapacitor when it is closed
  udf::timestamp last{};
};

int main(int argc, char** argv) {
  return udf::run<sessions>("sessions", argc, argv);
}
