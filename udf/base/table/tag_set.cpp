#include "base/table/tag_set.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/line/escape.hpp"
#include "base/table/series_hash.hpp"
#include "base/text/shown.hpp"

namespace kapacitor {
namespace {

/// Takes a tag off the front: to the last comma in front of the next '=' that is not its own.
std::string_view take_tag(std::string_view& tags) {
  const auto own = tags.find('=');
  const auto next = own == std::string_view::npos ? own : tags.find('=', own + 1);
  auto end = next == std::string_view::npos ? next : tags.rfind(',', next);
  if (end != std::string_view::npos && end < own) end = std::string_view::npos;
  const auto tag = tags.substr(0, end);
  tags.remove_prefix(std::min(tags.size(), tag.size() + 1));
  return tag;
}

}  // namespace

std::string why_not_a_tag_set(std::string_view tags) {
  while (!tags.empty()) {
    const auto tag = take_tag(tags);
    const auto equals = tag.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      return fmt::format("{} is no tag: allowed is NAME=VALUE[,NAME=VALUE…]", shown(tag));
    }
    for (const auto part : {tag.substr(0, equals), tag.substr(equals + 1)}) {
      if (const auto why = why_not_a_key(part); !why.empty()) {
        return fmt::format("{} of the tags {}", shown(part), why);
      }
    }
  }
  return {};
}

char* write_tag_set(std::string_view tags, char* out) {
  while (!tags.empty()) {
    const auto tag = take_tag(tags);
    const auto equals = tag.find('=');
    if (equals + 1 == tag.size()) continue;
    *out++ = ',';
    out = write_escaped(out, tag.substr(0, equals), key_escapes);
    *out++ = '=';
    out = write_escaped(out, tag.substr(equals + 1), key_escapes);
  }
  return out;
}

std::uint64_t hash_of_tag_set(std::string_view tags) {
  std::uint64_t sum = 0;
  while (!tags.empty()) {
    const auto tag = take_tag(tags);
    if (tag.find('=') + 1 < tag.size()) sum += series_hash(tag);
  }
  return sum;
}

}  // namespace kapacitor
