#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/container/static_vector.hpp>

#include <kapacitor/udf.hpp>

namespace kapacitor::udf::functions {

/// What a function writes, and whether beside the point's own fields. Means the same everywhere.
///
/// `as` names the main output; further ones are named `as`_lower, `as`_upper and so on. A function
/// without a main output puts `as` and an underscore before each of its names.
struct output_options {
  std::string as;
  bool keep = false;
};

/// Declares `as` and `keep`: `schema.with(output("the mean"))`.
inline auto output(std::string what) {
  return [help = "name of the output: " + std::move(what)](auto&& schema) -> decltype(auto) {
    return std::forward<decltype(schema)>(schema)
        .optional("as", &output_options::as, help, udf::not_empty())
        .output_only()
        .flag("keep", &output_options::keep, "keep the point's other fields")
        .output_only();
  };
}

/// Fields put together for one answer, at most `most`. No allocation.
///
/// Lifetime: the names are views; they must outlive this.
template <std::size_t most>
class output_fields {
 public:
  output_fields& add(std::string_view name, udf::value value) {
    fields_.push_back({name, value});
    return *this;
  }
  bool empty() const { return fields_.empty(); }

  /// With name, group and time of the point; with its other fields as well if `keep` is set.
  void send(const udf::point& like, bool keep, udf::emitter& out) const {
    const std::span<const udf::field> fields(fields_.data(), fields_.size());
    if (keep) {
      out.extend(like, fields);
    } else {
      out.emit(like, fields);
    }
  }
  /// The same with another time, and with these fields only.
  void send_at(const udf::point& like, udf::timestamp time, udf::emitter& out) const {
    out.emit(like, time, std::span<const udf::field>(fields_.data(), fields_.size()));
  }
  /// With name and group of the header, that time, and these fields only.
  void send(const udf::header& like, udf::timestamp time, udf::emitter& out) const {
    out.emit(like, time, std::span<const udf::field>(fields_.data(), fields_.size()));
  }

 private:
  boost::container::static_vector<udf::field, most> fields_;
};

}  // namespace kapacitor::udf::functions
