#include "host/json_line.hpp"

#include <charconv>
#include <cmath>
#include <iterator>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "host/duration.hpp"

namespace kapacitor::udf::host {
namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\') return false;
  }
  return true;
}

void append_text(std::string& to, std::string_view text) {
  if (is_plain(text)) {
    to += '"';
    to.append(text) += '"';
    return;
  }
  // What is no UTF-8 becomes U+FFFD.
  constexpr auto replace = nlohmann::json::error_handler_t::replace;
  to += nlohmann::json(std::string(text)).dump(-1, ' ', false, replace);
}

struct append_json_value {
  std::string& to;

  void operator()(double x) const {
    if (!std::isfinite(x)) {
      to += "null";
      return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    to += text;
    if (text.find_first_of(".e") == std::string_view::npos) to += ".0";
  }
  void operator()(std::int64_t x) const { fmt::format_to(std::back_inserter(to), "{}", x); }
  void operator()(bool x) const { to += x ? "true" : "false"; }
  void operator()(std::string_view x) const { append_text(to, x); }
};

void append_key(std::string& to, std::string_view key) {
  if (to.back() != '{') to += ',';
  append_text(to, key);
  to += ':';
}

void append_member(std::string& to, std::string_view key, std::string_view text) {
  append_key(to, key);
  append_text(to, text);
}

void append_time(std::string& to, std::string_view key, std::int64_t time) {
  append_key(to, key);
  fmt::format_to(std::back_inserter(to), "\"{}\"", rfc3339(time));
}

void append_number(std::string& to, std::string_view key, std::uint64_t n) {
  append_key(to, key);
  fmt::format_to(std::back_inserter(to), "{}", n);
}

void append_tags(std::string& to, std::span<const tag> tags) {
  append_key(to, "tags");
  to += '{';
  for (const auto& t : tags) append_member(to, t.name, t.value);
  to += '}';
}

void append_dimensions(std::string& to, std::span<const std::string_view> dimensions) {
  if (dimensions.empty()) return;
  append_key(to, "dimensions");
  char before = '[';
  for (const auto d : dimensions) {
    to += before;
    append_text(to, d);
    before = ',';
  }
  to += ']';
}

}  // namespace

void append_json_line(std::string& to, const emitted_point& p) {
  to += '{';
  append_time(to, "time", p.time);
  append_member(to, "name", p.name);
  if (!p.database.empty()) append_member(to, "database", p.database);
  if (!p.retention_policy.empty()) append_member(to, "retention_policy", p.retention_policy);
  append_member(to, "group", p.group);
  append_dimensions(to, p.dimensions);
  if (p.batch) {
    append_number(to, "batch", p.batch->number);
    append_time(to, "tmax", p.batch->tmax);
  }
  append_tags(to, p.tags);
  append_key(to, "fields");
  to += '{';
  for (const auto& f : p.fields) {
    append_key(to, f.name);
    std::visit(append_json_value{to}, f.value.held());
  }
  to += "}}\n";
}

void append_json_line(std::string& to, const emitted_batch& b) {
  to += '{';
  append_number(to, "batch", b.number);
  to += ",\"end\":true";
  append_time(to, "tmax", b.tmax);
  append_member(to, "name", b.name);
  append_member(to, "group", b.group);
  append_tags(to, b.tags);
  append_number(to, "points", b.points);
  to += "}\n";
}

}  // namespace kapacitor::udf::host
