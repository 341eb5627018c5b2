#include "check/transcript.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "wire/frame.hpp"
#include "wire/protocol_error.hpp"

namespace kapacitor::udf::host::check {
namespace {

constexpr std::size_t max_message = std::size_t{64} << 20;

// Violations that are a refusal, and not a breach of the protocol.
bool is_refusal(const std::string& rule) {
  return rule == "init-refused" || rule == "restore-refused" || rule == "error-response";
}

template <class Map>
void append_map(std::string& to, const Map& fields, const char* form) {
  const std::map sorted(fields.begin(), fields.end());
  for (const auto& [name, value] : sorted) {
    to += fmt::format(" {}=", name);
    to += fmt::format(fmt::runtime(form), value);
  }
}

std::string described(const ::agent::Point& p) {
  auto text = fmt::format("point name={} db={} rp={} time={} dimensions=", p.name(), p.database(),
                          p.retentionpolicy(), p.time());
  for (const auto& d : p.dimensions()) text += d + ",";
  if (p.byname()) text += " by_name";
  append_map(text, p.tags(), "{}");
  append_map(text, p.fieldsdouble(), "{:.9g}");
  append_map(text, p.fieldsint(), "{}i");
  append_map(text, p.fieldsstring(), "\"{}\"");
  append_map(text, p.fieldsbool(), "{}");
  return text;
}

std::string described(const ::agent::EndBatch& e) {
  auto text = fmt::format("end name={} tmax={}", e.name(), e.tmax());
  append_map(text, e.tags(), "{}");
  return text;
}

}  // namespace

std::string described(const ::agent::Response& r) {
  if (r.has_point()) return described(r.point());
  if (r.has_begin()) return fmt::format("begin size={}", r.begin().size());
  if (r.has_end()) return described(r.end());
  return r.ShortDebugString();
}

transcript::transcript(edge provides) : provides_(provides), judge_(*this, max_message) {}

void transcript::take(std::string_view bytes) {
  bytes_ += bytes.size();
  judge(bytes);
  if (!readable_) return;
  rest_ += bytes;
  std::size_t at = 0;
  while (const auto taken = take_message(std::string_view(rest_).substr(at))) at += taken;
  rest_.erase(0, at);
}

// Returns: its size; 0 if it is not complete, or if the rest cannot be read.
std::size_t transcript::take_message(std::string_view from) {
  try {
    const auto frame = wire::first_frame(from, max_message);
    if (!frame) return 0;
    ::agent::Response r;
    if (r.ParseFromArray(frame->message.data(), static_cast<int>(frame->message.size()))) {
      all_.push_back(std::move(r));
    } else {
      unreadable_.emplace_back(frame->message);
    }
    return frame->size;
  } catch (const wire::protocol_error&) {
    readable_ = false;
    return 0;
  }
}

void transcript::judge(std::string_view bytes) {
  while (judging_ && !bytes.empty()) {
    const auto room = judge_.prepare();
    const auto n = std::min(room.size(), bytes.size());
    std::copy_n(bytes.data(), n, room.data());
    judge_.commit(n);
    bytes.remove_prefix(n);
    try {
      judge_.process();
    } catch (const rule_violation& why) {
      note(why);
    }
  }
}

void transcript::note(const rule_violation& why) {
  judging_ = false;
  if (!is_refusal(why.rule())) violation_ = why;
}

void transcript::finish() {
  if (!judging_) return;
  try {
    judge_.finish();
  } catch (const rule_violation& why) {
    note(why);
  }
}

std::size_t transcript::count(::agent::Response::MessageCase kind) const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [kind](const auto& r) { return r.message_case() == kind; }));
}

const ::agent::Response* transcript::first(::agent::Response::MessageCase kind) const {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [kind](const auto& r) { return r.message_case() == kind; });
  return found == all_.end() ? nullptr : &*found;
}

const std::string* transcript::error() const {
  const auto* said = first(::agent::Response::kError);
  return said ? &said->error().error() : nullptr;
}

std::vector<std::string> transcript::data() const {
  std::vector<std::string> texts;
  for (const auto& r : all_) {
    if (r.has_point() || r.has_begin() || r.has_end()) texts.push_back(described(r));
  }
  return texts;
}

}  // namespace kapacitor::udf::host::check
