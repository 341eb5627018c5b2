#include "drive/group_finder.hpp"

#include <algorithm>

#include "wire/proto_writer.hpp"
#include <kapacitor/udf/detail/same_text.hpp>

namespace kapacitor::udf::host {

namespace {

constexpr auto nowhere = static_cast<std::size_t>(-1);

char* write(char* at, std::string_view text) {
  wire::copy(at, text.data(), text.size());
  return at + text.size();
}

}  // namespace

group_finder::group_finder(const group_by& by) : by_(by) {
  if (by.all_tags) return;
  dimensions_.assign(by.tags.begin(), by.tags.end());
  parts_.assign(by.tags.size(), {nowhere, 0, 0});
}

/// Returns: false if the point's tags are others than those of the last point, or elsewhere, or a
/// value has another length. The identity is then to be written again.
bool group_finder::write_values(std::string_view name, std::span<const tag> tags) {
  if (by_.all_tags && tags.size() != parts_.size()) return false;
  if (by_.measurement && !detail::same_text(name, {id_.data(), name_size_})) return false;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& p = parts_[i];
    if (p.place >= tags.size()) return false;
    const auto& t = tags[p.place];
    if (t.value.size() != p.value_size || !detail::same_text(t.name, dimensions_[i])) return false;
    wire::copy(id_.data() + p.value_at, t.value.data(), p.value_size);
  }
  return true;
}

void group_finder::place_wanted(std::span<const tag> tags) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto found = std::find_if(tags.begin(), tags.end(), [&](const tag& t) {
      return detail::same_text(t.name, dimensions_[i]);
    });
    parts_[i].place =
        found == tags.end() ? nowhere : static_cast<std::size_t>(found - tags.begin());
  }
}

/// By the names in alphabetical order, which mostly is that of the last point.
void group_finder::place_all(std::span<const tag> tags) {
  if (parts_.size() != tags.size()) {
    parts_.resize(tags.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].place = i;
  }
  const auto before = [tags](const part& a, const part& b) {
    return tags[a.place].name < tags[b.place].name;
  };
  if (!std::is_sorted(parts_.begin(), parts_.end(), before)) {
    std::sort(parts_.begin(), parts_.end(), before);
  }
  dimensions_.clear();
  for (const auto& p : parts_) dimensions_.push_back(tags[p.place].name);
}

void group_finder::make_room(std::string_view name, std::span<const tag> tags) {
  auto most = name.size() + 1;
  for (const auto d : dimensions_) most += d.size() + 2;
  for (const auto& t : tags) most += t.value.size();
  if (most > id_.size()) id_.resize(2 * most);
}

/// As append_group_id(), without a call for each of the short pieces.
void group_finder::write_all(std::string_view name, std::span<const tag> tags) {
  make_room(name, tags);
  char* at = id_.data();
  if (by_.measurement) at = write(at, name);
  name_size_ = static_cast<std::size_t>(at - id_.data());
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (i > 0 || by_.measurement) *at++ = i > 0 ? ',' : '\n';
    at = write_part(at, i, tags);
  }
  size_ = static_cast<std::size_t>(at - id_.data());
}

char* group_finder::write_part(char* at, std::size_t number, std::span<const tag> tags) {
  auto& p = parts_[number];
  auto& dimension = dimensions_[number];
  const std::string_view name(at, dimension.size());
  at = write(at, dimension);
  if (by_.all_tags) dimension = name;
  *at++ = '=';
  const auto value = p.place == nowhere ? std::string_view() : tags[p.place].value;
  p.value_at = static_cast<std::size_t>(at - id_.data());
  p.value_size = value.size();
  return write(at, value);
}

}  // namespace kapacitor::udf::host
