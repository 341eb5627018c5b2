#include "replay/nab_windows.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text/error.hpp"
#include "base/text/shown.hpp"
#include "base/text/time_text.hpp"
#include "replay/file_bytes.hpp"

namespace kapacitor::generator {
namespace {

using nlohmann::json;

constexpr std::string_view allowed =
    "allowed is {\"realTweets/x.csv\": [[\"2015-02-26 21:42:53\", \"2015-02-27 00:00:00\"]]}";

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw usage_error(fmt::format("{}: {}: {}", path, what, allowed));
}

std::string plain_path(const std::string& path) {
  std::error_code ignored;
  const auto full = std::filesystem::absolute(path, ignored).lexically_normal();
  return full.extension() == ".gz" ? (full.parent_path() / full.stem()).string() : full.string();
}

bool names(const std::string& key, const std::string& file) {
  return !key.empty() && (file == key || file.ends_with('/' + key));
}

std::int64_t time_in(const std::string& path, const std::string& file, const json& text) {
  const auto time = text.is_string()
                        ? read_time(text.get_ref<const std::string&>(), time_format::date)
                        : std::nullopt;
  if (!time) refuse(path, fmt::format("{} of {} is no time", shown(text.dump()), file));
  return *time;
}

nab_window window_in(const std::string& path, const std::string& file, const json& pair) {
  if (!pair.is_array() || pair.size() != 2) {
    refuse(path, fmt::format("{} of {} is no window", shown(pair.dump()), file));
  }
  const nab_window w{time_in(path, file, pair[0]), time_in(path, file, pair[1])};
  if (w.start > w.end) refuse(path, fmt::format("a window of {} ends before it starts", file));
  return w;
}

json parse(const std::string& path) {
  const file_bytes bytes(path);
  const auto text = bytes.text();
  auto all = json::parse(text.begin(), text.end(), nullptr, false);
  if (!all.is_object()) refuse(path, "is no JSON of windows");
  return all;
}

/// By the whole end of the path, or else by a name that no other file has.
std::string key_for(const json& all, const std::string& data_file) {
  const auto file = plain_path(data_file);
  std::vector<std::string> same_name;
  for (const auto& [key, windows] : all.items()) {
    if (names(key, file)) return key;
    const auto name = std::filesystem::path(key).filename();
    if (name == std::filesystem::path(file).filename()) same_name.push_back(key);
  }
  return same_name.size() == 1 ? same_name.front() : "";
}

}  // namespace

nab_windows read_nab_windows(const std::string& path, const std::string& data_file) {
  const auto all = parse(path);
  nab_windows result{key_for(all, data_file), {}};
  if (result.file.empty()) refuse(path, fmt::format("does not name {}", data_file));
  const auto& windows = all[result.file];
  if (!windows.is_array()) refuse(path, fmt::format("{} has no list", result.file));
  for (const auto& pair : windows) result.windows.push_back(window_in(path, result.file, pair));
  std::sort(result.windows.begin(), result.windows.end(),
            [](const auto& a, const auto& b) { return a.end < b.end; });
  return result;
}

}  // namespace kapacitor::generator
