#include "drive/group_finder.hpp"

#include <algorithm>
#include <numeric>

#include "wire/proto_writer.hpp"
#include <kapacitor/udf/detail/same_text.hpp>

namespace kapacitor::udf::host {

group_finder::group_finder(const group_by& by) : by_(by) {
  if (by.all_tags) return;
  dimensions_.assign(by.tags.begin(), by.tags.end());
  places_.assign(by.tags.size(), 0);
}

void group_finder::find(std::string_view name, std::span<const tag> tags) {
  by_.all_tags ? place_all(tags) : place_wanted(tags);
  write_id(name, tags);
}

void group_finder::place_wanted(std::span<const tag> tags) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& at = places_[i];
    if (at < tags.size() && detail::same_text(tags[at].name, dimensions_[i])) [[likely]] {
      continue;
    }
    for (at = 0; at < tags.size() && tags[at].name != dimensions_[i];) ++at;
  }
}

/// By the names in alphabetical order: as with the last point, or sorted again.
void group_finder::place_all(std::span<const tag> tags) {
  const auto n = tags.size();
  if (places_.size() != n) {
    places_.resize(n);
    std::iota(places_.begin(), places_.end(), std::size_t{0});
    dimensions_.resize(n);
  }
  const auto before = [tags](std::size_t a, std::size_t b) { return tags[a].name < tags[b].name; };
  if (!std::is_sorted(places_.begin(), places_.end(), before)) {
    std::sort(places_.begin(), places_.end(), before);
  }
  for (std::size_t i = 0; i < n; ++i) dimensions_[i] = tags[places_[i]].name;
}

/// As append_group_id(), without a call for each of the short pieces.
void group_finder::write_id(std::string_view name, std::span<const tag> tags) {
  const auto value = [&](std::size_t i) {
    return places_[i] < tags.size() ? tags[places_[i]].value : std::string_view();
  };
  std::size_t longest = name.size() + 1;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    longest += dimensions_[i].size() + value(i).size() + 2;
  }
  if (longest > id_.size()) id_.resize(2 * longest);
  char* at = id_.data();
  const auto put = [&at](std::string_view text) {
    wire::copy(at, text.data(), text.size());
    at += text.size();
  };
  if (by_.measurement) put(name);
  char before = '\n';
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (i > 0 || by_.measurement) *at++ = before;
    before = ',';
    put(dimensions_[i]);
    *at++ = '=';
    put(value(i));
  }
  size_ = static_cast<std::size_t>(at - id_.data());
}

}  // namespace kapacitor::udf::host
