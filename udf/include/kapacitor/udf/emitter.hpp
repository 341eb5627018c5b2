#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <kapacitor/udf/batch.hpp>
#include <kapacitor/udf/header.hpp>
#include <kapacitor/udf/point.hpp>
#include <kapacitor/udf/value.hpp>

namespace kapacitor::udf {

namespace agent {
class output;
struct open_batch;
}  // namespace agent

/// Fields to emit: `{{"avg", 1.5}, {"n", 3}}` a std::vector or std::span of field.
///
/// Lifetime: a view, for the length of the call it is passed to.
class field_list {
 public:
  field_list(std::initializer_list<field> fields) : fields_(fields.begin(), fields.size()) {}
  field_list(std::span<const field> fields) : fields_(fields) {}
  field_list(const std::vector<field>& fields) : fields_(fields) {}
  std::span<const field> span() const { return fields_; }

 private:
  std::span<const field> fields_;
};

/// A batch being put together. It reaches Kapacitor whole, at close(), or not at all.
///
/// May be kept from on_begin to on_end, as a member of the function; not beyond its connection.
class batch_writer {
 public:
  batch_writer(batch_writer&&) noexcept;
  batch_writer& operator=(batch_writer&&) noexcept;
  /// A batch that was not closed is dropped.
  ~batch_writer();

  /// Adds a point with the time and tags of `like` and these fields only.
  void emit(const point& like, field_list fields);
  /// Adds a point with the fields of `like` and these, which replace those of the same name.
  void extend(const point& like, field_list fields);
  /// Adds the point as it is.
  void forward(const point& like);
  /// Adds a point of one's own. The group's tags are added to `tags` where they are missing.
  void emit(udf::timestamp time, std::span<const udf::tag> tags, field_list fields);

  /// Sends the batch. Points added afterwards are an error of the function (std::logic_error).
  void close(udf::timestamp tmax);

 private:
  friend class emitter;
  explicit batch_writer(agent::output& out);

  agent::open_batch& writable();

  std::unique_ptr<agent::open_batch> open_;
};

/// Takes what a function has to say and sends it to Kapacitor, in order.
///
/// Only what Kapacitor survives can be said: batches are whole, no message is empty, sizes are
/// right. A field that is NaN or infinite is left out (neither InfluxDB nor JSON can hold it), and
/// so is a point without fields; both are counted and logged.
///
/// Errors:   std::length_error where a message exceeds --max-message; std::logic_error where a
///           function that provides batches emits a single point, or the other way round. Both end
///           the task with that text.
/// Threads:  one at a time, inside a callback.
/// Cost:     O(bytes written), no allocation in steady state.
class emitter {
 public:
  explicit emitter(agent::output& out) : output_(out) {}
  emitter(const emitter&) = delete;
  emitter& operator=(const emitter&) = delete;

  /// A point with the time, name, group and tags of `like` and these fields only.
  ///
  /// In a batch, `like` takes the name and dimensions that it lacks from the batch.
  void emit(const point& like, field_list fields);
  /// The same with another time.
  void emit(const point& like, udf::timestamp time, field_list fields);
  /// A point for a whole batch: its name, group and tags, at its tmax. Inside on_end.
  void emit(const batch_end& like, field_list fields);
  /// A point of one's own.
  void emit(const header& header, udf::timestamp time, field_list fields);
  /// The point with all its fields and these, which replace those of the same name.
  void extend(const point& like, field_list fields);
  /// The point as it is.
  void forward(const point& like);

  /// The received point has no answer, because it lacks what the function works on. Skipped points
  /// are counted, and the count is logged when the connection closes (points_skipped).
  void skip();
  /// Says in the agent's log that something is wrong and the function goes on all the same. A text
  /// that repeats is logged at its 1st, 2nd, 4th, 8th ... time, with their number; of texts that
  /// differ the first 100 are logged.
  void warn(std::string_view text);

  /// Begins a batch for the group of `like`.
  batch_writer open_batch(const point& like);
  /// Begins a batch like the one received.
  batch_writer open_batch(const batch& like);
  /// Begins a batch of one's own: header.name, by_name, and header.tags as the group's tags.
  batch_writer open_batch(const header& header);

 private:
  agent::output& output_;
};

}  // namespace kapacitor::udf
