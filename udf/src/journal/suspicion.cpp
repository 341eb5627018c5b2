#include "journal/suspicion.hpp"

#include <algorithm>

namespace kapacitor::udf::journal {

std::optional<position> suspicion::died(position confirmed, position sent) {
  if (sent <= confirmed) return std::nullopt;  // no request was under way
  if (one_at_a_time(confirmed)) {
    // Somebody may have killed one of them by hand: once is no proof.
    constexpr unsigned proof = 2;
    from_ = confirmed;  // those before it did no harm
    if (++alone_[confirmed] < proof) return std::nullopt;
    alone_.erase(confirmed);
    return confirmed;
  }
  const bool again = deaths_ > 0 && confirmed < to_;
  from_ = again ? std::min(from_, confirmed) : confirmed;
  to_ = again ? std::max(to_, sent) : sent;
  deaths_ = again ? deaths_ + 1 : 1;
  careful_ = deaths_ > 1;
  return std::nullopt;
}

void suspicion::passed(position confirmed) {
  if (deaths_ == 0 || confirmed < to_) return;
  *this = {};
}

}  // namespace kapacitor::udf::journal
