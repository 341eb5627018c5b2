#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "replay/replay_feed.hpp"
#include "replay/replay_file.hpp"
#include "run/settings.hpp"
#include "run/workload.hpp"
#include "source/label_files.hpp"

namespace kapacitor::generator {

/// The points of a file.
///
/// Errors: usage_error from the constructor
class replay_workload final : public workload {
 public:
  explicit replay_workload(const settings& s);

  std::size_t most_lanes() const override;
  std::string lane_limit() const override { return "there are no more series"; }
  bool at_once() const override { return plan_.speed == 0; }
  std::unique_ptr<feed> make_feed(std::size_t index, std::size_t lanes, beginning b) override;
  std::vector<log_line> warnings(std::int64_t now) const override;
  void reopen() override;
  void finish() override;
  std::uint64_t labels() const override { return truth_ ? truth_->written() : 0; }
  std::string error() const override { return truth_ ? truth_->error() : ""; }

 private:
  void check_places() const;
  std::optional<log_line> in_the_future(std::int64_t now) const;

  settings settings_;
  replay_file file_;
  replay_feed::plan plan_;
  std::unique_ptr<label_files> truth_;
};

/// The settings of a replay with what the general flags say of it.
replay_settings replay_settings_of(const settings& s);

}  // namespace kapacitor::generator
