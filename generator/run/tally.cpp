#include "run/tally.hpp"

namespace kapacitor::generator {

tally& tally::operator+=(const tally& other) {
  if (legs.size() < other.legs.size()) legs.resize(other.legs.size());
  for (std::size_t i = 0; i < other.legs.size(); ++i) legs[i] += other.legs[i];
  lateness.merge(other.lateness);
  skipped += other.skipped;
  return *this;
}

}  // namespace kapacitor::generator
