#include "host/text_points.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text/encoding.hpp"
#include "base/text/error.hpp"

namespace kapacitor::udf::host {

/// The rows of a table.
class text_points::rows final : public point_sink {
 public:
  struct good {
    std::int64_t time;
    std::string_view record;
  };
  struct bad_row {
    std::uint64_t line;
    std::string what;
  };

  void add(std::int64_t time, std::string_view record, std::uint64_t) override {
    points.push_back({time, record});
  }
  void add_without_fields() override { ++without_fields; }
  void bad(std::uint64_t line, std::string_view what) override {
    wrong.push_back({line, std::string(what)});
  }
  void restart() override {
    points.clear();
    wrong.clear();
    without_fields = 0;
  }
  void sort() {
    std::stable_sort(points.begin(), points.end(),
                     [](const good& a, const good& b) { return a.time < b.time; });
  }

  std::vector<good> points;
  std::vector<bad_row> wrong;
  std::size_t next_point = 0, next_wrong = 0;
  std::uint64_t without_fields = 0;
  csv_record memory;
};

text_points::text_points(text_settings s) : settings_(std::move(s)) {}
text_points::~text_points() = default;

void text_points::feed(std::string_view text) {
  if (reader_) return reader_->feed(text);
  pending_ += text;
  if (pending_.size() > settings_.most_held) {
    throw usage_error(
        fmt::format("{}: the table takes {}: split it, or give it as line protocol, "
                    "which is read piece by piece",
                    settings_.table.path, too_much_text(settings_.most_held)));
  }
  if (!settings_.format) guess(false);
  if (settings_.format && !is_table()) begin();
}

void text_points::finish() {
  if (!settings_.format) guess(true);
  if (is_table()) return read_table();
  if (!reader_) begin();
  reader_->finish();
}

/// What is nothing we know is line protocol: each of its lines is then told as invalid.
void text_points::guess(bool whole) {
  if (const auto why = why_not_text(pending_); !why.empty()) {
    throw usage_error(fmt::format("{}: {}", settings_.table.path, why));
  }
  const auto made = guess_format(pending_, whole, settings_.table.path);
  if (!made.format && made.needs_more) return;
  settings_.format = made.format.value_or(file_format::lines);
  name_warning_ = made.name_warning;
}

void text_points::begin() {
  point_reader::settings how;
  if (settings_.format == file_format::recording) how.format = text_format::recording;
  how.unit = settings_.unit;
  how.is_file = true;
  how.utf8 = settings_.utf8;
  if (settings_.format == file_format::influx_export) {
    how.skips = [this](std::string_view line) { return headings_.take(line); };
  }
  reader_.emplace(std::move(how));
  reader_->feed(std::exchange(pending_, {}));
}

void text_points::read_table() {
  rows_ = std::make_unique<rows>();
  const auto& s = settings_.table;
  if (pending_.empty()) {
    reader_.emplace(point_reader::settings{});
    return reader_->finish();
  }
  table_.emplace(pending_, s, *rows_);
  if (s.path == "stdin" && !s.measurement && !table_->measurement().empty()) {
    throw usage_error("stdin: the table has no measurement: --measurement NAME gives it one");
  }
  rows_->sort();
  point_reader::settings how;
  how.utf8 = settings_.utf8;
  reader_.emplace(std::move(how));
}

/// Writes some rows as line protocol. Returns: false if there are no more
bool text_points::feed_rows() {
  constexpr std::size_t most = 500;
  std::string lines;
  auto& all = *rows_;
  for (std::size_t i = 0; i < most && all.next_point < all.points.size(); ++i) {
    const auto& [time, record] = all.points[all.next_point++];
    const auto begin = lines.size();
    lines.resize(begin + table_->most(record) + 24);
    char* out = table_->write(record, all.memory, lines.data() + begin);
    *out++ = ' ';
    out = std::to_chars(out, out + 21, time).ptr;
    *out++ = '\n';
    lines.resize(static_cast<std::size_t>(out - lines.data()));
  }
  if (lines.empty()) return false;
  reader_->feed(lines);
  return true;
}

text_points::step text_points::next() {
  if (!reader_) return step::more;
  if (!rows_) return reader_->next();
  in_bad_row_ = rows_->next_wrong < rows_->wrong.size();
  if (in_bad_row_) {
    ++rows_->next_wrong;
    return step::invalid;
  }
  auto got = reader_->next();
  while (got == step::more) {
    if (!feed_rows()) reader_->finish();
    got = reader_->next();
  }
  return got;
}

std::string_view text_points::database() const {
  if (settings_.format == file_format::influx_export) return headings_.database();
  return settings_.format == file_format::recording ? reader_->database() : std::string_view();
}

std::string_view text_points::retention_policy() const {
  if (settings_.format == file_format::influx_export) return headings_.retention_policy();
  return settings_.format == file_format::recording ? reader_->retention_policy()
                                                    : std::string_view();
}

std::uint64_t text_points::line_number() const {
  return in_bad_row_ ? rows_->wrong[rows_->next_wrong - 1].line : reader_->line_number();
}

const std::string& text_points::error() const {
  return in_bad_row_ ? rows_->wrong[rows_->next_wrong - 1].what : reader_->error();
}

std::uint64_t text_points::rows_without_fields() const {
  return rows_ ? rows_->without_fields : 0;
}

std::optional<table_description> text_points::description() const {
  return table_ ? std::optional(table_->description()) : std::nullopt;
}

}  // namespace kapacitor::udf::host
