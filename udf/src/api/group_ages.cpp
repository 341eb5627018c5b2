#include <kapacitor/udf/detail/group_ages.hpp>

namespace kapacitor::udf::detail {

void group_ages::tell(timestamp now) {
  // The driver does not know the time yet: no point is beyond it.
  if (now == timestamp::max()) return;
  told_ = now.time_since_epoch().count();
  if (soonest_ != never) soonest_ = std::min(soonest_, *told_);  // it may have been set back
  if (!unheard_) return;
  unheard_ = false;
  for (auto& a : ages_) {
    if (a.heard == never) a.heard = *told_;
  }
}

void group_ages::save(state_writer& out, const group_index& groups) const {
  out.write(told_);
  for (auto n = groups.first(); n != group_index::none; n = groups.after(n)) {
    out.write(ages_[n].newest);
    out.write(ages_[n].heard);
  }
}

void group_ages::load(state_reader& in, const group_index& groups, std::size_t saved) {
  in.read(told_);
  know_nothing(groups);
  auto n = groups.first();
  // Groups that found no room are not the first ones only: then nothing is known of any.
  const bool complete = groups.size() == saved;
  for (; saved > 0; --saved) {
    age one;
    in.read(one.newest);
    in.read(one.heard);
    if (!complete) continue;
    ages_[n] = one;
    n = groups.after(n);
  }
}

}  // namespace kapacitor::udf::detail
