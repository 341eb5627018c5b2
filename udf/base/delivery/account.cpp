#include "base/delivery/account.hpp"

namespace kapacitor {

account& account::operator+=(const account& other) {
  using member = std::uint64_t account::*;
  constexpr member sums[] = {&account::generated, &account::accepted,   &account::rejected,
                             &account::dropped,   &account::unsent,     &account::in_doubt,
                             &account::bytes,     &account::wire_bytes, &account::requests,
                             &account::retries,   &account::resent,     &account::outages,
                             &account::reconnects};
  for (const auto sum : sums) this->*sum += other.*sum;
  for (const auto& [status, count] : other.by_status) by_status[status] += count;
  for (const auto& [reason, count] : other.rejected_by) rejected_by[reason] += count;
  return *this;
}

}  // namespace kapacitor
