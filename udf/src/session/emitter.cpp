#include <stdexcept>
#include <utility>

#include "session/open_batch.hpp"
#include "session/output.hpp"
#include <kapacitor/udf/emitter.hpp>

namespace kapacitor::udf {

void emitter::emit(const point& like, field_list fields) {
  output_.emit(like, fields.span());
}

void emitter::emit(const point& like, timestamp time, field_list fields) {
  output_.emit(like, time, fields.span());
}

void emitter::emit(const batch_end& like, field_list fields) {
  auto own = output_.batch_header();
  own.tags = like.tags();
  output_.emit(own, like.tmax(), fields.span());
}

void emitter::emit(const header& header, timestamp time, field_list fields) {
  output_.emit(header, time, fields.span());
}

void emitter::extend(const point& like, field_list fields) {
  output_.extend(like, fields.span());
}

void emitter::forward(const point& like) {
  output_.forward(like);
}

void emitter::skip(reason why, std::string_view what) {
  output_.fall_short({.why = why, .what = what});
}

void emitter::skip(reason why, std::string_view what, timestamp against) {
  output_.fall_short({.why = why, .what = what}, against);
}

void emitter::note(reason why, std::string_view what) {
  output_.fall_short({.why = why, .answered = true, .what = what});
}

void emitter::note(reason why, std::string_view what, timestamp against) {
  output_.fall_short({.why = why, .answered = true, .what = what}, against);
}

void emitter::warn(std::string_view text) {
  output_.warnings().add(text);
}

batch_writer emitter::open_batch(const point& like) {
  batch_writer made(output_);
  auto& open = *made.open_;
  open.name = like.name();
  open.group = like.group();
  open.by_name = like.by_name();
  for (const auto d : like.dimensions()) open.tags.emplace_back(d, like.tag(d).value_or(""));
  return made;
}

batch_writer emitter::open_batch(const batch& like) {
  batch_writer made(output_);
  auto& open = *made.open_;
  open.name = like.name();
  open.group = like.group();
  open.by_name = like.by_name();
  for (const auto& t : like.tags()) open.tags.emplace_back(t.name, t.value);
  return made;
}

batch_writer emitter::open_batch(const header& header) {
  batch_writer made(output_);
  auto& open = *made.open_;
  open.name = header.name;
  open.by_name = header.by_name;
  for (const auto& t : header.tags) open.tags.emplace_back(t.name, t.value);
  return made;
}

namespace detail {

speaking_of::speaking_of(emitter& out, const point& kept)
    : output_(out.output_), before_(output_.speak_of(&kept)) {}

speaking_of::speaking_of(emitter& out) : output_(out.output_), before_(output_.speak_of(nullptr)) {}

speaking_of::~speaking_of() {
  output_.speak_of(before_);
}

}  // namespace detail

batch_writer::batch_writer(agent::output& out) : open_(out.begin_batch()) {}
batch_writer::batch_writer(batch_writer&&) noexcept = default;

batch_writer& batch_writer::operator=(batch_writer&& other) noexcept {
  std::swap(open_, other.open_);
  return *this;
}

batch_writer::~batch_writer() {
  if (open_) ++open_->out.totals().batches_dropped;
}

agent::open_batch& batch_writer::writable() {
  if (!open_) throw std::logic_error("added a point to a batch that is closed");
  return *open_;
}

void batch_writer::emit(const point& like, field_list fields) {
  writable().emit(like, fields.span());
}

void batch_writer::extend(const point& like, field_list fields) {
  writable().extend(like, fields.span());
}

void batch_writer::forward(const point& like) {
  writable().forward(like);
}

void batch_writer::emit(timestamp time, std::span<const udf::tag> tags, field_list fields) {
  writable().emit(time, tags, fields.span());
}

void batch_writer::close(timestamp tmax) {
  auto& open = writable();
  open.out.close(open, tmax);
  open_.reset();
}

}  // namespace kapacitor::udf
