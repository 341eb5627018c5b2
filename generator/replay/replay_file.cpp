#include "replay/replay_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "replay/readers.hpp"

namespace kapacitor::generator {
namespace {

bool is_csv(file_format format) {
  return format == file_format::csv || format == file_format::nab;
}

void check_settings(const replay_settings& s, file_format format) {
  const bool columns = s.measurement || s.time_column || !s.fields.empty() || !s.tags.empty();
  if (columns && !is_csv(format)) {
    throw usage_error(fmt::format("{}: a measurement and columns can be chosen for csv, not for {}",
                                  s.path, to_text(format)));
  }
  if (!s.nab_windows.empty() && !is_csv(format)) {
    throw usage_error(
        fmt::format("{}: windows go with csv and nab, not with {}", s.path, to_text(format)));
  }
  const bool places = format == file_format::influx_export || format == file_format::recording;
  if ((s.from_database || s.from_retention_policy) && !places) {
    throw usage_error(
        fmt::format("{}: {} names no database: export and srpl do", s.path, to_text(format)));
  }
}

}  // namespace

replay_file::replay_file(const replay_settings& s)
    : settings_(s), bytes_(s.path, s.most_unpacked), text_(bytes_.text()) {
  try {
    open(s);
  } catch (const usage_error&) {
    if (bytes_.intact()) throw;
  }
  if (!bytes_.intact()) throw usage_error(shortened());
}

std::string replay_file::shortened() const {
  return settings_.path +
         ": was shortened while it was read: replay a copy of a file that others write to";
}

void replay_file::open(const replay_settings& s) {
  const auto found = s.format ? format_guess{s.format} : detect_format(text_, s.path);
  description_.format = *found.format;
  check_settings(s, description_.format);
  read(s);
  description_.name_warning = found.name_warning;
  cut(s);
  if (!s.nab_windows.empty()) find_windows(s);
}

void replay_file::read(const replay_settings& s) {
  const auto format = description_.format;
  index_builder builder(s, text_);
  if (is_csv(format)) {
    builder.reserve(static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n')) + 1);
    table_.emplace(text_, settings_, builder);
    measurement_ = table_->measurement();
    field_ = table_->first_field();
  } else if (format == file_format::recording) {
    index_recording(text_, s, builder);
  } else {
    index_lines(text_, s, format == file_format::influx_export, builder);
  }
  index_ = builder.finish(description_);
  description_.format = format;
  if (table_) description_.table = table_->description();
}

/// Where the first point stands that is not before that time.
std::size_t replay_file::place(std::int64_t time) const {
  const auto at = std::lower_bound(index_.begin(), index_.end(), time,
                                   [](const index_entry& e, std::int64_t t) { return e.time < t; });
  return static_cast<std::size_t>(at - index_.begin());
}

void replay_file::cut(const replay_settings& s) {
  const auto first = s.from ? place(*s.from) : 0;
  const auto end = s.until ? place(*s.until) : index_.size();
  if (first >= end) {
    throw usage_error(
        fmt::format("{}: no points are left between --from and --until: it has points "
                    "from {} to {}",
                    s.path, time_to_text(description_.first), time_to_text(description_.last)));
  }
  points_ = std::span(index_).subspan(first, end - first);
}

void replay_file::find_windows(const replay_settings& s) {
  const auto found = read_nab_windows(s.nab_windows, s.path);
  label_file_ = found.file;
  const auto begin = static_cast<std::size_t>(points_.data() - index_.data());
  const auto end = begin + points_.size();
  for (const auto& w : found.windows) {
    const auto first = std::max(place(w.start), begin);
    const auto whole = place(w.end + 1);
    const auto last = std::min(whole, end);
    if (first >= last) continue;
    replay_window window{w.start, w.end, first - begin, last - 1 - begin, whole > end};
    if (s.from) window.start = std::max(window.start, *s.from);
    windows_.push_back(window);
  }
}

char* replay_file::write(const index_entry& e, csv_record& memory, char* out) const {
  const auto record = part(e);
  // Zeros are what a file that was shortened leaves behind.
  const bool suspicious = record.find('\0') != record.npos;
  out = table_ ? table_->write(record, memory, out) : std::copy(record.begin(), record.end(), out);
  if (suspicious ? bytes_.intact() : bytes_.seems_intact()) return out;
  throw run_ended(exit_code::failed, shortened());
}

}  // namespace kapacitor::generator
