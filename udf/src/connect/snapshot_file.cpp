#include "connect/snapshot_file.hpp"

#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "base/text/error.hpp"
#include "base/text/piece_file.hpp"
#include "base/text/text_file.hpp"

namespace kapacitor::udf::host {

namespace {

/// Of a snapshot: more than any server keeps.
constexpr std::size_t most_bytes = std::size_t{4} << 30;

}  // namespace

std::optional<std::string> load_snapshot(const std::string& file) {
  std::error_code hidden;  // whether it is there cannot be seen: reading it says why
  if (file.empty()) return std::nullopt;
  if (!std::filesystem::exists(file, hidden) && !hidden) return std::nullopt;
  auto content = with_context("--snapshot", [&] { return read_file(file, most_bytes); });
  if (content.empty()) return std::nullopt;
  return content;
}

void save_snapshot(const std::string& file, std::string_view snapshot) {
  const auto why = replace_file(file, snapshot);
  if (!why.empty()) {
    throw std::runtime_error(fmt::format("--snapshot {}: cannot be written: {}", file, why));
  }
}

}  // namespace kapacitor::udf::host
