#include "functions/aggregation/panes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kapacitor::udf::functions {
namespace {

template <class T>
auto nth(std::vector<T>& all, std::size_t i) {
  return all.begin() + static_cast<std::ptrdiff_t>(i);
}

}  // namespace

panes::place panes::find_or_add(std::int64_t number, pane_shape shape) {
  const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), number);
  const auto k = static_cast<std::size_t>(found - numbers_.begin());
  if (found == numbers_.end() || *found != number) {
    numbers_.insert(found, number);
    parts_.insert(nth(parts_, k * shape.inputs), shape.inputs, accumulator());
    add_digests(k, shape);
  }
  return place_of(k, shape);
}

void panes::add_digests(std::size_t k, pane_shape shape) {
  for (std::size_t i = 0; i < shape.digests; ++i) {
    t_digest one;
    if (!spare_.empty()) {
      one = std::move(spare_.back());
      spare_.pop_back();
    }
    digests_.insert(nth(digests_, k * shape.digests + i), std::move(one));
  }
}

void panes::leave_before(std::int64_t number, pane_shape shape) {
  const auto first = std::lower_bound(numbers_.begin(), numbers_.end(), number);
  const auto leaving = static_cast<std::size_t>(first - numbers_.begin());
  if (leaving == 0) return;
  numbers_.erase(numbers_.begin(), first);
  parts_.erase(parts_.begin(), nth(parts_, leaving * shape.inputs));
  const auto end = nth(digests_, leaving * shape.digests);
  for (auto d = digests_.begin(); d != end; ++d) d->clear();
  spare_.insert(spare_.end(), std::move_iterator(digests_.begin()), std::move_iterator(end));
  digests_.erase(digests_.begin(), end);
}

bool panes::fits(pane_shape shape) const {
  return parts_.size() == numbers_.size() * shape.inputs &&
         digests_.size() == numbers_.size() * shape.digests &&
         std::adjacent_find(numbers_.begin(), numbers_.end(),
                            [](auto a, auto b) { return a >= b; }) == numbers_.end();
}

}  // namespace kapacitor::udf::functions
