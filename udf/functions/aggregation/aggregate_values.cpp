// What a window of `aggregate` says.
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include <boost/container/static_vector.hpp>

#include "functions/aggregation/aggregate.hpp"

namespace kapacitor::udf::functions {
namespace {

using kind = aggregate::kind;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Of at least one value. Not finite if it cannot be said: of too few, or beyond a double.
double number_of(kind what, const accumulator& a) {
  switch (what) {
    case kind::sum:
      return a.sum();
    case kind::mean:
      return a.sum() / static_cast<double>(a.count());
    case kind::min:
      return a.min();
    case kind::max:
      return a.max();
    case kind::spread:
      return a.max() - a.min();
    case kind::first:
      return a.first();
    case kind::last:
      return a.last();
    case kind::stddev:
      return a.count() > 1 ? std::sqrt(a.variance()) : unknown;
    case kind::variance:
      return a.count() > 1 ? a.variance() : unknown;
    case kind::count:
    case kind::percentile:
      break;
  }
  return unknown;
}

}  // namespace

/// What the panes of a window hold, together: each input's values, made when first asked for.
class aggregate::whole_window {
 public:
  whole_window(const aggregate& of, std::int64_t end) : of_(of) {
    while (panes_ < of.panes_.size() && of.panes_.number(panes_) < end) ++panes_;
  }

  const accumulator& values(std::size_t input) {
    if (!known_[input]) {
      for (std::size_t k = 0; k < panes_; ++k) {
        sums_[input].merge(of_.panes_.part(k, input, of_.shape()));
      }
      known_[input] = true;
    }
    return sums_[input];
  }
  double percentile(std::size_t input, double part) {
    const auto digest = *of_.options_.inputs[input].digest;
    if (digest_ != digest) {
      scratch().clear();
      for (std::size_t k = 0; k < panes_; ++k)
        scratch().add(of_.panes_.digest(k, digest, of_.shape()));
      digest_ = digest;
    }
    return scratch().quantile(part);
  }

 private:
  /// Not one for each of a million groups.
  static t_digest_union& scratch() {
    static thread_local t_digest_union all;
    return all;
  }

  const aggregate& of_;
  std::size_t panes_ = 0;  // that the window has
  std::array<accumulator, options::most_outputs> sums_;
  std::array<bool, options::most_outputs> known_{};
  std::optional<std::size_t> digest_;  // whose values `scratch` has
};

/// Empty if there is nothing to say.
std::optional<udf::value> aggregate::value_of(std::size_t output, whole_window& window,
                                              udf::emitter& out) {
  const auto& o = options_.outputs[output];
  const auto& values = window.values(o.input);
  if (o.what == kind::count) return udf::value(values.count());
  if (values.count() == 0) {
    if (options_.how == fill_options::way::none) return std::nullopt;
    if (o.what == kind::sum) return udf::value(0.0);
    const auto filled = empty_.value(options_, output);
    return filled ? std::optional<udf::value>(*filled) : std::nullopt;
  }
  const double x =
      o.what == kind::percentile ? window.percentile(o.input, o.part) : number_of(o.what, values);
  if (!std::isfinite(x)) {
    out.note(values.count() == 1 ? udf::reason::too_few : udf::reason::overflow, o.name);
    return std::nullopt;
  }
  if (options_.how == fill_options::way::previous) {
    empty_.remember(output, options_.outputs.size(), x);
  }
  return udf::value(x);
}

void aggregate::emit(std::int64_t end, const udf::header& like, udf::emitter& out) {
  whole_window window(*this, end);
  boost::container::static_vector<udf::field, options::most_outputs> fields;
  for (std::size_t i = 0; i < options_.outputs.size(); ++i) {
    if (const auto x = value_of(i, window, out)) fields.push_back({options_.outputs[i].name, *x});
  }
  if (fields.empty()) return;
  out.emit(like, options_.grid.begin(end),
           std::span<const udf::field>(fields.data(), fields.size()));
}

}  // namespace kapacitor::udf::functions
