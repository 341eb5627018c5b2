#include <fuzz/target.hpp>
#include <udf.pb.h>

#include "session/session.hpp"
#include "wire/copy_received.hpp"
#include "wire/frame.hpp"
#include "wire/output_buffer.hpp"
#include <kapacitor/udf.hpp>

// An InitRequest of any bytes: one answer, and where it is a no, a reason and the end.
namespace kapacitor::udf {
namespace {

using fuzz::require;

struct demanding {
  struct options {
    std::string field;
    std::int8_t size = 1;
    double ratio = 0.5;
    bool exact = false;
    std::chrono::nanoseconds period{1};
    std::tuple<std::string, std::int64_t, std::chrono::nanoseconds> mixed;
    std::vector<std::pair<std::string, double>> weight;
    std::optional<std::int64_t> limit;
    std::string method = "fast";
    bool keep = false;

    static auto describe() {
      return udf::schema<options>{}
          .required("field", &options::field, "", udf::not_empty())
          .optional("size", &options::size, "", udf::at_least(1))
          .optional("ratio", &options::ratio, "", udf::above_up_to(0.0, 1.0))
          .optional("exact", &options::exact, "")
          .optional("period", &options::period, "", udf::more_than(std::chrono::seconds(0)))
          .optional("mixed", &options::mixed, "")
          .optional("weight", &options::weight, "")
          .optional("limit", &options::limit, "", udf::between(-5, 5))
          .optional("method", &options::method, "", udf::one_of({"fast", "slow"}))
          .flag("keep", &options::keep, "");
    }
    void check() const {
      require(!field.empty() && size >= 1 && ratio > 0 && ratio <= 1 && period.count() > 0 &&
                  (!limit || (*limit >= -5 && *limit <= 5)),
              "only what is allowed gets here");
      if (method == "slow" && keep) throw udf::option_error("slow keeps nothing");
    }
  };
  explicit demanding(const options&) {}
  void on_point(const udf::point& p, udf::emitter& out) { out.forward(p); }
};

/// As bytes of a Request: `body` as it is, in the field of init.
std::string request_with(std::string_view body) {
  std::string message(1, '\x12');
  for (auto n = body.size();; n >>= 7) {
    message.push_back(static_cast<char>(n >= 0x80 ? n | 0x80 : n));
    if (n < 0x80) break;
  }
  message.append(body);
  wire::output_buffer out;
  wire::append_frame(out, message, std::size_t{1} << 24);
  return std::string(out.view());
}

void init(std::string_view body) {
  static const auto f = make_function<demanding>("f");
  const auto bytes = request_with(body);
  agent::session s(f, {}, {});
  wire::copy_received(
      bytes, [&] { return s.prepare(); },
      [&](std::size_t n) {
        s.commit(n);
        s.process();
      });
  const auto answer = wire::first_frame(s.output(), wire::default_max_message);
  require(answer && answer->size == s.output().size(), "there is one answer");
  ::agent::Response response;
  require(response.ParseFromArray(answer->message.data(), static_cast<int>(answer->message.size())),
          "libprotobuf reads it");
  const bool yes = response.has_init() && response.init().success();
  require(yes == !s.closing(), "a no is the end, a yes is not");
  require(yes || !response.init().error().empty() || !response.error().error().empty(),
          "a no has a reason");
}

}  // namespace
}  // namespace kapacitor::udf

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kapacitor::udf::init(kapacitor::udf::fuzz::as_text(data, size));
  return 0;
}
