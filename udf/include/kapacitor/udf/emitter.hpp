#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/reason.hpp>
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

namespace agent {
class output;
struct open_batch;
}  // namespace agent
namespace detail {
class speaking_of;
}  // namespace detail

/// Fields to emit: `{{"avg", 1.5}, {"n", 3}}`, or a std::vector or std::span of field, which is
/// made once and used for every point if their number is known only when the task starts.
///
/// A name must not be empty or twice in the list: Kapacitor keeps one of them, it is open which.
///
/// Lifetime: a view, for the length of the call it is passed to; do not keep one.
class field_list {
 public:
  /// Fields written on the spot.
  field_list(std::initializer_list<field> fields) : fields_(fields.begin(), fields.size()) {}
  /// Fields that lie elsewhere, such as in an array or a part of a vector.
  field_list(std::span<const field> fields) : fields_(fields) {}
  /// All fields of a vector.
  field_list(const std::vector<field>& fields) : fields_(fields) {}
  /// The fields, in the order given.
  std::span<const field> span() const { return fields_; }

 private:
  std::span<const field> fields_;
};

/// A batch being put together. It reaches Kapacitor whole, at close(), or not at all: Kapacitor
/// dies of a batch that begins and does not end, or whose number of points is wrong.
///
///     std::optional<udf::batch_writer> answer;  // a member of the function
///
///     answer.emplace(out.open_batch(begin));
///     answer->emit(p, {{"ratio", 0.5}});
///     answer->close(end.tmax());
///     answer.reset();
///
/// Several may be open at once, of one group or of several; each leaves when it is closed.
///
/// Lifetime: may be kept from on_begin to on_end, or from point to point, as a member of the
///           function; not beyond the function.
/// Errors:   of every call: std::logic_error after close(), std::length_error if a point or the
///           head of the batch exceeds --max-message. The batch is then as it was before the call.
/// Threads:  one at a time, inside a callback.
/// Cost:     points wait encoded, in memory that grows with the batch; close() copies them once.
class batch_writer {
 public:
  batch_writer(batch_writer&&) noexcept;
  /// Exchanges the two: a batch that was open here is dropped with the other writer.
  batch_writer& operator=(batch_writer&&) noexcept;
  /// A batch that was not closed is dropped; dropped batches are counted and logged.
  ~batch_writer();

  /// Adds a point with the time and tags of `like` and these fields only. `like` should be of the
  /// batch's group. As with an emitter, NaN, infinities and points without fields are left out.
  void emit(const point& like, field_list fields);
  /// Adds a point with the fields of `like` and these, which replace those of the same name.
  void extend(const point& like, field_list fields);
  /// Adds the point as it is. Cost: the received bytes are copied, nothing is encoded.
  void forward(const point& like);
  /// Adds a point of one's own. Tags of the group that `tags` lacks are added; one that it has must
  /// have the group's value.
  void emit(udf::timestamp time, std::span<const udf::tag> tags, field_list fields);

  /// Sends the batch with the time `tmax`, usually that of the received one. Points added
  /// afterwards are an error of the function (std::logic_error).
  void close(udf::timestamp tmax);

 private:
  friend class emitter;
  explicit batch_writer(agent::output& out);

  agent::open_batch& writable();

  std::unique_ptr<agent::open_batch> open_;
};

/// Takes what a function has to say and sends it to Kapacitor, in order.
///
///     out.emit(p, {{"mean", mean}});     // p's time, name, group and tags, and this field only
///     out.extend(p, {{"score", score}}); // p with all its fields and this one
///     out.forward(p);                    // p as it is: for functions that let points through
///     out.skip(reason, name);            // no answer, and why
///
/// A point may be answered with no point, one or several, of its own group or of another.
///
/// Only what Kapacitor survives can be said: batches are whole, no message is empty, sizes are
/// right. A field that is NaN or infinite is left out (neither InfluxDB nor JSON can hold it), and
/// so is a point without fields; both are counted and logged.
///
/// Errors:   std::length_error if a message exceeds --max-message (16 MiB); std::logic_error if a
///           function that provides batches emits a single point, or the other way round. Both end
///           the task with that text, unless the function catches them; nothing was written then.
/// Lifetime: passed to each callback; do not keep a reference. It cannot be copied.
/// Threads:  one at a time, inside a callback.
/// Cost:     O(bytes written), no allocation in steady state.
class emitter {
 public:
  /// For sessions and engines; a function is given its emitter.
  explicit emitter(agent::output& out) : output_(out) {}
  emitter(const emitter&) = delete;
  emitter& operator=(const emitter&) = delete;

  /// A point with the time, name, group and tags of `like` and these fields only.
  ///
  /// In a batch, `like` takes the name and dimensions that it lacks from the batch.
  void emit(const point& like, field_list fields);
  /// The same with another time, such as that of the first point of a window. Times may go back.
  void emit(const point& like, udf::timestamp time, field_list fields);
  /// A point for a whole batch: its name, group and tags, at its tmax. Inside on_end, of a function
  /// that provides single points.
  void emit(const batch_end& like, field_list fields);
  /// A point of one's own: from on_time(), from on_finish(), or for several groups together.
  void emit(const header& header, udf::timestamp time, field_list fields);
  /// The point with all its fields and these, which replace those of the same name. A field that is
  /// received as NaN goes on as it came. Cost: without a replacement, the received bytes are
  /// copied.
  void extend(const point& like, field_list fields);
  /// The point as it is. Cost: as the bytes are copied, the least of all answers.
  void forward(const point& like);

  /// The received point has no answer, for this reason. `what`: the name that it is about, of a
  /// field, a tag or an option; no value, for names are counted one by one (up to 100).
  ///
  ///     if (!p.find("usage")) return out.skip(udf::reason::missing_field, "usage");
  ///
  /// Skipped points are counted by reason. The agent's log has a warning at the 1st, 2nd, 4th, 8th
  /// ... time of a reason and name, with the group, the value and what the point has instead; a
  /// warning of its own if 100 points got no answer at all; and the counts when the connection
  /// closes. What is usual is counted only: too_few, no_result, not_found, and a
  /// field out of several that is missing (note()).
  /// Cost: O(names) if skipped, nothing otherwise.
  void skip(reason why, std::string_view what = {});
  /// The same for a point whose time is the reason, such as one that is late: `against` is the time
  /// that makes it so, and the log has both times.
  void skip(reason why, std::string_view what, udf::timestamp against);
  void skip(reason why, udf::timestamp against) { skip(why, {}, against); }
  /// The same without a reason.
  void skip() { skip(reason::unspecified); }
  /// The point or window is answered, but not in full: a window that does not hold all it should, a
  /// field out of several that is missing. Counted and warned of like skip().
  void note(reason why, std::string_view what = {});
  void note(reason why, std::string_view what, udf::timestamp against);
  void note(reason why, udf::timestamp against) { note(why, {}, against); }
  /// Says in the agent's log that something is wrong and the function goes on all the same. A text
  /// that repeats is logged at its 1st, 2nd, 4th, 8th ... time, with their number; of texts that
  /// differ the first 100 are logged.
  void warn(std::string_view text);

  /// Begins a batch for the group of `like`, a single point: in a batch points have no name. Only
  /// the tags of the group are taken. See batch_writer for how it goes on.
  batch_writer open_batch(const point& like);
  /// Begins a batch like the one received: name, group and tags.
  batch_writer open_batch(const batch& like);
  /// Begins a batch of one's own: header.name, by_name, and header.tags as the group's tags.
  batch_writer open_batch(const header& header);

 private:
  friend class detail::speaking_of;

  agent::output& output_;
};

namespace detail {

/// While it lives, what the emitter is told of the point being taken is said of another one, which
/// was kept; or of no point, but of the group.
class speaking_of {
 public:
  speaking_of(emitter& out, const point& kept);
  explicit speaking_of(emitter& out);
  speaking_of(const speaking_of&) = delete;
  speaking_of& operator=(const speaking_of&) = delete;
  ~speaking_of();

 private:
  agent::output& output_;
  const point* before_;
};

}  // namespace detail

}  // namespace kapacitor::udf
