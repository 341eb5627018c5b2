#include "supervise/kept_conversation.hpp"

#include <algorithm>
#include <utility>

#include "wire/copy_received.hpp"

namespace kapacitor::udf::supervise {

kept_conversation::kept_conversation(journal::conversation_settings settings,
                                     journal::conversation_hooks hooks)
    : settings_(std::move(settings)), hooks_(std::move(hooks)) {
  if (hooks_.keep_poison) {
    // The name of the file is not what it would be if the same were called again.
    hooks_.keep_poison = [this, keep = std::move(hooks_.keep_poison)](std::string_view init,
                                                                      std::string_view requests) {
      poison_kept_ = true;
      return keep(init, requests);
    };
  }
  conversation_.emplace(settings_, hooks_);
}

void kept_conversation::keep_in(std::unique_ptr<conversation_record> record) {
  const auto state = saved();
  record->begin(state);
  renew(state);
  record_ = std::move(record);
}

void kept_conversation::recover(std::unique_ptr<conversation_record> record, moment now) {
  record->count_recovery();
  conversation_.emplace(settings_, journal::conversation_hooks{});  // all that was said and done
  load(record->state());
  while (const auto call = record->next()) repeat(*call);
  conversation_->lose_worker(now);
  keep_in(std::move(record));
}

/// In memory it lies as it will for whoever recovers it: what depends on that is the same.
void kept_conversation::renew(std::string_view saved) {
  conversation_.emplace(settings_, hooks_);
  load(saved);
}

void kept_conversation::make_room() {
  if (!record_ || !record_->is_full()) return;
  const auto state = saved();
  record_->begin(state);
  renew(state);
}

void kept_conversation::add(recorded_call what, moment now, std::uint64_t n,
                            std::string_view data) {
  if (record_) record_->add({what, now, n, data});
}

void kept_conversation::repeat(const recorded& call) {
  auto& c = *conversation_;
  switch (call.what) {
    case recorded_call::hear:
      return take(call.data, call.now);
    case recorded_call::finish:
      return c.finish(call.now);
    case recorded_call::tell:
      return c.consume_output(call.n);
    case recorded_call::to_worker:
      return static_cast<void>(c.to_worker());
    case recorded_call::consume_to_worker:
      return c.consume_to_worker(call.n, call.now);
    case recorded_call::answers:
      return take_answers(call.data, call.now);
    case recorded_call::advance:
      return c.advance(call.now);
    case recorded_call::hangs:
      return static_cast<void>(c.hangs(call.now, call.n));
    case recorded_call::see_worker_read:
      return c.see_worker_read(call.n, call.now);
    case recorded_call::attach:
      return c.attach(call.now);
    case recorded_call::detach:
      return c.detach(call.data, call.now);
    case recorded_call::replace_worker:
      return c.replace_worker(call.now);
    case recorded_call::stop:
      return c.stop(call.now);
    case recorded_call::none:
      return;
  }
}

ssize_t kept_conversation::hear(const server::channel& kapacitor, std::size_t most, moment now) {
  ssize_t n = 0;
  if (record_) {
    n = record_->receive(kapacitor.fd(), most, now);
    if (n > 0) take(record_->received(), now);
  } else {
    const auto room = conversation_->prepare();
    n = kapacitor.read(room.first(std::min(room.size(), most)));
    if (n > 0) conversation_->commit(static_cast<std::size_t>(n), now);
  }
  if (n != 0) return n;
  add(recorded_call::finish, now);
  conversation_->finish(now);
  return 0;
}

void kept_conversation::take(std::string_view bytes, moment now) {
  wire::copy_received(
      bytes, [&] { return conversation_->prepare(); },
      [&](std::size_t n) { conversation_->commit(n, now); });
}

ssize_t kept_conversation::tell(const server::channel& kapacitor) {
  const auto bytes = conversation_->output();
  const auto n = record_ ? record_->send(kapacitor.fd(), bytes) : kapacitor.write(bytes);
  if (n > 0) conversation_->consume_output(static_cast<std::size_t>(n));
  return n;
}

ssize_t kept_conversation::hear_worker(const server::channel& worker, std::size_t most,
                                       moment now) {
  const auto room = conversation_->prepare_answers();
  const auto into = room.first(std::min(room.size(), most));
  const auto n = worker.read(into);
  if (n <= 0) return n;
  add(recorded_call::answers, now, 0, {into.data(), static_cast<std::size_t>(n)});
  conversation_->commit_answers(static_cast<std::size_t>(n), now);
  return n;
}

void kept_conversation::take_answers(std::string_view bytes, moment now) {
  wire::copy_received(
      bytes, [&] { return conversation_->prepare_answers(); },
      [&](std::size_t n) { conversation_->commit_answers(n, now); });
}

std::string_view kept_conversation::to_worker() {
  add(recorded_call::to_worker, {});
  return conversation_->to_worker();
}

void kept_conversation::consume_to_worker(std::size_t n, moment now) {
  add(recorded_call::consume_to_worker, now, n);
  conversation_->consume_to_worker(n, now);
}

void kept_conversation::see_worker_read(std::size_t waiting, moment now) {
  add(recorded_call::see_worker_read, now, waiting);
  conversation_->see_worker_read(waiting, now);
}

bool kept_conversation::hangs(moment now, std::size_t waiting) {
  add(recorded_call::hangs, now, waiting);
  return conversation_->hangs(now, waiting);
}

void kept_conversation::advance(moment now) {
  add(recorded_call::advance, now);
  conversation_->advance(now);
}

void kept_conversation::attach(moment now) {
  add(recorded_call::attach, now);
  conversation_->attach(now);
}

void kept_conversation::detach(std::string_view why, moment now) {
  add(recorded_call::detach, now, 0, why);
  conversation_->detach(why, now);
  if (!std::exchange(poison_kept_, false) || !record_) return;
  const auto state = saved();
  record_->begin(state);
  renew(state);
}

void kept_conversation::replace_worker(moment now) {
  make_room();
  add(recorded_call::replace_worker, now);
  conversation_->replace_worker(now);
}

void kept_conversation::stop(moment now) {
  make_room();
  add(recorded_call::stop, now);
  conversation_->stop(now);
}

}  // namespace kapacitor::udf::supervise
