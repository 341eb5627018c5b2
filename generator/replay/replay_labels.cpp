#include "replay/replay_labels.hpp"

#include <utility>

namespace kapacitor::generator {

replay_labels::replay_labels(const replay_file& file, replay_shard shard, replay_label_sink to)
    : file_(file), shard_(shard), to_(std::move(to)) {}

void replay_labels::made(const replay_cursor& at) {
  const auto& windows = file_.windows();
  if (windows.empty()) return;
  if (std::exchange(pass_, at.pass()) != at.pass()) window_ = 0;
  place_ = at.place();
  shift_ = at.shift();
  any_ = true;
  // Windows that other shards label are skipped.
  while (window_ < windows.size() && windows[window_].last <= place_) {
    const auto& w = windows[window_++];
    if (w.last == place_) write(w, w.cut);
  }
}

void replay_labels::finish() {
  if (!std::exchange(any_, false)) return;
  for (const auto& windows = file_.windows(); window_ < windows.size(); ++window_) {
    const auto& w = windows[window_];
    if (w.first <= place_ && shard_.has(file_.points()[w.last])) write(w, true);
  }
}

void replay_labels::write(const replay_window& w, bool truncated) {
  if (!to_) return;
  const auto end = truncated ? file_.points()[place_].time : w.end;
  to_({file_.label_file(), file_.measurement(), file_.field(), w.start + shift_, end + shift_,
       truncated});
}

}  // namespace kapacitor::generator
