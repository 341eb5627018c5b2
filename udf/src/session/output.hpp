#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "session/point_watch.hpp"
#include "session/totals.hpp"
#include "session/unanswered.hpp"
#include "session/warnings.hpp"
#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/point.hpp>

namespace kapacitor::udf::agent {

struct open_batch;

/// What emitters and batch writers write to: the responses of a session (response_writer), or the
/// sink of an engine.
///
/// Cost: one virtual call for each emitted point, below the noise of a measurement.
class output {
 public:
  /// `max_message`: bytes of what is emitted at once, a point or the head of a batch.
  output(edge provides, std::size_t max_message) : provides_(provides), max_message_(max_message) {}
  output(const output&) = delete;
  output& operator=(const output&) = delete;
  virtual ~output() = default;

  // The verbs of emitter, which says what they mean.
  virtual void emit(const point& like, std::span<const field> fields) = 0;
  virtual void emit(const point& like, timestamp time, std::span<const field> fields) = 0;
  virtual void emit(const header& own, timestamp time, std::span<const field> fields) = 0;
  virtual void extend(const point& like, std::span<const field> fields) = 0;
  virtual void forward(const point& like) = 0;
  /// A batch for the function to fill. Errors: as expect_batch()
  std::unique_ptr<open_batch> begin_batch();
  /// Sends a batch that is complete.
  virtual void close(const open_batch& whole, timestamp tmax) = 0;

  std::size_t max_message() const { return max_message_; }
  session_totals& totals() { return totals_; }
  const session_totals& totals() const { return totals_; }
  /// What the function warns of; whoever drives it logs it.
  agent::warnings& warnings() { return warnings_; }

  /// The point that the function will be given each time. Lifetime: that of the output
  void watch(const point& p) { point_ = &p; }
  /// From now on another one, or none. Returns: the one before.
  const point* speak_of(const point* p) { return std::exchange(point_, p); }
  /// The group that the function is, or was last, called for.
  std::string_view current_group() const { return point_ ? point_->group() : group_; }
  /// From now on somebody looks at the points, or nobody does (nullptr).
  void show_to(point_watch* w) { seen_by_ = w; }
  void show_taken(const point& p) {
    if (seen_by_) [[unlikely]]
      seen_by_->took(shown_group(), p);
  }
  /// `time`: ns since 1970
  void show_answer(std::int64_t time, std::span<const field> fields) {
    if (seen_by_) [[unlikely]]
      seen_by_->answered(shown_group(), time, fields);
  }
  /// An answer is missing, or is not the full one. `against`: the time that makes the point's late,
  /// or too early.
  void fall_short(shortfall said, std::optional<timestamp> against = {});
  /// What is to be said of it; whoever drives the function logs it.
  agent::unanswered& unanswered() { return unanswered_; }
  /// While it lives, no point is being taken: the function is called for a group.
  class without_point {
   public:
    without_point(output& out, std::string_view group)
        : out_(out), point_(std::exchange(out.point_, nullptr)) {
      out.group_ = group;
    }
    without_point(const without_point&) = delete;
    without_point& operator=(const without_point&) = delete;
    ~without_point() { out_.point_ = point_; }

   private:
    output& out_;
    const point* point_;
  };

  /// The batch being received, whose name and dimensions its points lack.
  void enter_batch(const batch& begin);
  void leave_batch() { batch_ = nullptr; }
  bool in_batch() const { return batch_ != nullptr; }
  /// Name, dimensions and by_name of the batch being received; empty between batches.
  header batch_header() const { return batch_ ? batch_header_ : header{}; }

  /// The fields without those that are NaN or infinite. Valid until the next call.
  std::span<const field> finite(std::span<const field> fields);
  /// The fields of `like` that no name in `fields` replaces, and `fields`. Valid until the next
  /// call.
  std::span<const field> merged(const point& like, std::span<const field> fields);
  /// The same as extend() emits them, without what is not finite: but behind Kapacitor a received
  /// field goes on as it came, unless any is replaced. Valid until the next call.
  std::span<const field> extended(const point& like, std::span<const field> fields);

  /// Errors: std::logic_error if the function provides the other edge.
  void expect_stream() const {
    if (provides_ != edge::stream) [[unlikely]]
      throw_not_stream();
  }
  void expect_batch() const;

 protected:
  /// What a point like `p` lacks and its batch has; nullptr: nothing.
  const header* header_from_batch(const point& p) const {
    return batch_ && p.name().empty() ? &batch_header_ : nullptr;
  }

 private:
  /// The points of a batch do not say it.
  std::string_view shown_group() const { return batch_ ? batch_->group() : current_group(); }
  [[noreturn]] void throw_not_stream() const;
  void keep_others(const point& like, std::span<const field> fields);

  edge provides_;
  std::size_t max_message_;
  session_totals totals_;
  agent::warnings warnings_;
  agent::unanswered unanswered_;
  const point* point_ = nullptr;  // being taken; nullptr: the function is called for group_
  std::string_view group_;
  point_watch* seen_by_ = nullptr;
  const batch* batch_ = nullptr;
  header batch_header_;
  std::vector<std::string_view> batch_dimensions_;
  std::vector<field> finite_, merged_;
};

/// Whether any of `fields` has the name of a field of `like`.
bool replaces_any(const point& like, std::span<const field> fields);

}  // namespace kapacitor::udf::agent
