#include "supervise/saved_state.hpp"

namespace kapacitor::udf::supervise {
namespace {

class descriptor_list {
 public:
  void add(int fd) {
    if (fd >= 0) all.push_back(fd);
  }
  void add(const saved_worker& w) {
    add(w.control);
    add(w.err);
    for (const auto& c : w.waiting) add(c.fd);
  }
  void add(const saved_post& p) {
    add(p.socket.listening);
    add(p.socket.lock);
    add(p.scores.board);
    if (p.shared) add(*p.shared);
    for (const auto& [id, w] : p.alone) add(w);
    for (const auto& w : p.leaving) add(w);
    for (const auto& r : p.relays) {
      add(r.kapacitor);
      add(r.worker);
      add(r.record);
    }
  }

  std::vector<int> all;
};

}  // namespace

std::vector<int> descriptors_of(const saved_supervisor& s) {
  descriptor_list list;
  for (const auto& p : s.posts) list.add(p);
  return list.all;
}

}  // namespace kapacitor::udf::supervise
