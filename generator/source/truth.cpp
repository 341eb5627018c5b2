#include "source/truth.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <nlohmann/json.hpp>

#include "run/error.hpp"
#include "source/source.hpp"

namespace kapacitor::generator {

truth_log::truth_log(const std::string& path) : path_(path) {
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) throw usage_error("--labels: cannot write " + path + ": " + std::strerror(errno));
}

truth_log::~truth_log() {
  ::close(file_);
}

void truth_log::observe(const subject& s, const anomaly& a, const tick& t) {
  const auto [at, is_new] =
      open_.try_emplace({s.series, s.field}, open_interval{s, a, t.time, t.time});
  at->second.end = t.time;
  if (t.number < a.last) return;
  write(at->second, false);
  open_.erase(at);
}

void truth_log::finish() {
  for (const auto& entry : open_) write(entry.second, true);
  open_.clear();
}

void truth_log::write(const open_interval& i, bool truncated) {
  if (!error_.empty()) return;
  nlohmann::ordered_json row{{"id", ++written_}, {"measurement", i.who.measurement}};
  row["tags"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : *i.who.tags) row["tags"][name] = value;
  row["field"] = i.who.field;
  row["kind"] = to_text(i.what.kind);
  row["start_ns"] = i.start;
  row["end_ns"] = i.end;
  row["magnitude"] = i.what.magnitude;
  if (truncated) row["truncated"] = true;
  // One write per row: who follows the file sees whole lines, as they happen.
  const auto line = row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    error_ = "--labels: cannot write " + path_ + ": " + std::strerror(errno);
  }
}

}  // namespace kapacitor::generator
