#include "journal/buffer_state.hpp"
#include "journal/conversation.hpp"
#include <kapacitor/udf/state.hpp>

template <>
struct kapacitor::udf::state_codec<std::unique_ptr<kapacitor::udf::journal::request_queue>> {
  using queue = std::unique_ptr<journal::request_queue>;
  static constexpr std::size_t least_size = 1;
  static void save(state_writer& out, queue& q) {
    const bool present = q != nullptr;
    out.write(present);
    if (present) out.write(*q);
  }
  static void load(state_reader& in, queue& q) {
    q.reset();
    if (!in.read<bool>()) return;
    q = std::make_unique<journal::request_queue>(journal::overload_settings{});
    in.read(*q);
  }
};

namespace kapacitor::udf::journal {

auto conversation::state() {
  const auto kept =
      std::tie(label_, init_, restore_, log_, skipped_, told_, asks_, queue_, batch_begin_);
  const auto worker = std::tie(small_, small_at_, restore_at_, sent_, target_, confirmed_, proven_,
                               furthest_, barrier_at_, ask_again_at_, told_at_barrier_, barriers_,
                               wants_time_, suspicion_, waiting_);
  const auto answers = std::tie(answers_, ready_, ours_);
  // The clock that goes on while one program takes the place of another.
  const auto times = std::tie(down_since_, progress_at_, barrier_due_, time_due_, leave_at_,
                              heartbeat_due_, start_at_);
  const auto counts = std::tie(forgotten_when_, dropped_when_, forgotten_, totals_, restore_deaths_,
                               snapshot_deaths_, failures_);
  const auto is =
      std::tie(input_ended_, stopping_, closing_, in_batch_, answers_in_batch_, attached_, waited_,
               ended_, broken_, leaving_, leave_now_, barrier_wanted_, init_waits_, restore_waits_,
               init_told_, restore_told_, in_ready_, in_ours_);
  return std::tuple_cat(kept, worker, answers, times, counts, is);
}

std::string conversation::saved() {
  std::string bytes;
  bytes.reserve(memory());
  state_writer out(bytes);
  std::apply([&](auto&... part) { (out.write(part), ...); }, state());
  return bytes;
}

void conversation::load(std::string_view saved) {
  state_reader in(saved);
  std::apply([&](auto&... part) { (in.read(part), ...); }, state());
  if (!in.empty()) throw state_error("there is more than a conversation");
  check_state();
}

void conversation::check_state() const {
  const bool in_order = log_.begin() <= confirmed_ && confirmed_ <= sent_ && sent_ <= target_ &&
                        target_ <= log_.end();
  const bool whole = small_at_ <= small_.size() && restore_at_ <= restore_.size() &&
                     ready_ <= answers_.readable().size() && told_at_barrier_ <= told_.size();
  if ((attached_ && !in_order) || !whole) throw state_error("the conversation makes no sense");
}

}  // namespace kapacitor::udf::journal
