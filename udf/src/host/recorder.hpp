#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/influxdb/gzip.hpp"
#include "base/line/point_reader.hpp"
#include "drive/intake.hpp"
#include "drive/totals.hpp"

namespace kapacitor::udf::host {

struct recorder_settings {
  std::string path;
  text_format format = text_format::recording;
  bool packed = false;                                  // gzip
  std::string database, retention_policy, measurement;  // only these; empty: any
  std::uint64_t points = 0;                             // stop after this number; 0: no limit
};

/// Writes points to a file, to be replayed. The file appears under its name when it is whole.
class recorder : public intake {
 public:
  /// Errors: start_error if the file cannot be written
  recorder(const recorder_settings& s, totals& counts);
  ~recorder() override;

  void take(const input_point& p) override;
  bool has_room() const override { return true; }
  void flush() override {}
  void take_invalid(std::uint64_t line, std::string_view why) override;

  bool satisfied() const { return settings_.points > 0 && counts_.written >= settings_.points; }
  /// Called when it is satisfied.
  std::function<void()> on_satisfied;

  /// Completes the file. Errors: start_error if that fails
  void close();

 private:
  bool passes(const input_point& p) const;
  void write(bool last);

  recorder_settings settings_;
  totals& counts_;
  int fd_;
  std::string text_, packed_;
  gzip_writer gzip_;
};

}  // namespace kapacitor::udf::host
