#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <udf.pb.h>

#include "drive/response_reader.hpp"
#include "drive/rule.hpp"

namespace kapacitor::udf::host::check {

/// All responses of a UDF on one connection, and how Kapacitor would take them. It reads on after
/// a response that would have stopped Kapacitor, so that one fault does not hide others.
class transcript final : response_handler {
 public:
  /// `provides`: the edge that the function provides by its Info.
  explicit transcript(edge provides);

  /// A request was sent that is to be answered once.
  void expect(management which) { judge_.expect(which); }
  void take(std::string_view bytes);
  /// The UDF has closed the connection.
  void finish();

  const std::vector<::agent::Response>& all() const { return all_; }
  /// Messages that protobuf does not read.
  const std::vector<std::string>& unreadable() const { return unreadable_; }
  std::size_t count(::agent::Response::MessageCase kind) const;
  const ::agent::Response* first(::agent::Response::MessageCase kind) const;
  /// The answer to Info, if Kapacitor can read it.
  const std::optional<udf_info>& info() const { return info_; }
  /// Points, begins and ends, as text; without what a function cannot know beforehand.
  std::vector<std::string> data() const;
  std::size_t bytes() const { return bytes_; }

  /// The first response that Kapacitor rejects, or dies of. A refusal does not count.
  const std::optional<rule_violation>& violation() const { return violation_; }
  /// The text of its ErrorResponse; nullptr if there is none.
  const std::string* error() const;

 private:
  void judge(std::string_view bytes);
  void note(const rule_violation& why);
  std::size_t take_message(std::string_view from);

  void on_response() override {}
  void on_info(const udf_info& info) override { info_ = info; }
  void on_initialized() override { judge_.allow_data(provides_); }
  void on_restored() override {}
  void on_snapshot(std::string_view) override {}
  void on_point(const emitted_point&) override {}
  void on_batch_end(const emitted_batch&) override {}
  bool ready() override { return true; }

  edge provides_;
  response_reader judge_;
  bool judging_ = true, readable_ = true;
  std::string rest_;
  std::vector<::agent::Response> all_;
  std::vector<std::string> unreadable_;
  std::size_t bytes_ = 0;
  std::optional<udf_info> info_;
  std::optional<rule_violation> violation_;
};

/// A response as text, the same for the same content: maps sorted, numbers to nine digits, so that
/// sums which were added up in another order are equal.
std::string described(const ::agent::Response& r);

}  // namespace kapacitor::udf::host::check
